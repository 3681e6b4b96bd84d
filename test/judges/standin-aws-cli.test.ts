// The AWS CLI, which shares nothing with the JavaScript SDK, speaks to the stand-in: its shapes, and its errors by name.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Standin } from '../../src/standin/standin.ts'
import { describeJudged, programJudge } from '../support/judge.ts'
import { DOMAIN, SET, standinForTest } from '../support/standin-client.ts'

const run = promisify(execFile)

describeJudged('the AWS CLI', programJudge('aws', 'pip install awscli'), () => {
  let standin: Standin

  beforeAll(async () => {
    standin = await standinForTest()
  })
  afterAll(() => standin.stop())

  async function sesv2(operation: string, ...args: string[]): Promise<Record<string, unknown>> {
    const { accessKeyId, secretAccessKey } = standin.credentials
    const env = {
      ...process.env,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_PAGER: '',
    }
    const place = ['--endpoint-url', standin.apiUrl, '--region', 'ap-northeast-1', '--output', 'json']
    const { stdout } = await run('aws', [...place, 'sesv2', operation, ...args], { env })
    return stdout.trim() === '' ? {} : (JSON.parse(stdout) as Record<string, unknown>)
  }

  test('reads the account', async () => {
    expect(await sesv2('get-account')).toMatchObject({
      SendingEnabled: true,
      EnforcementStatus: 'HEALTHY',
      SendQuota: { MaxSendRate: 200, Max24HourSend: 10_000_000 },
    })
  })

  test('makes, reads, lists and deletes an identity, and is told by name what cannot be', async () => {
    await sesv2('create-email-identity', '--email-identity', 'cli.example')
    await expect(sesv2('create-email-identity', '--email-identity', 'cli.example')).rejects.toThrow(
      /AlreadyExistsException/,
    )
    expect(await sesv2('get-email-identity', '--email-identity', 'cli.example')).toMatchObject({
      IdentityType: 'DOMAIN',
    })
    const { EmailIdentities } = await sesv2('list-email-identities')
    expect(EmailIdentities).toEqual(expect.arrayContaining([expect.objectContaining({ IdentityName: 'cli.example' })]))
    await sesv2('delete-email-identity', '--email-identity', 'cli.example')
    await expect(sesv2('get-email-identity', '--email-identity', 'cli.example')).rejects.toThrow(/NotFoundException/)
  })

  test('sees the key of our own as EXTERNAL and verified', async () => {
    expect(await sesv2('get-email-identity', '--email-identity', DOMAIN)).toMatchObject({
      VerifiedForSendingStatus: true,
      DkimAttributes: { SigningEnabled: true, Status: 'SUCCESS', SigningAttributesOrigin: 'EXTERNAL' },
    })
  })

  test('sends a simple mail by a configuration set, and it is delivered', async () => {
    const content = { Simple: { Subject: { Data: 'by the CLI' }, Body: { Text: { Data: 'hello' } } } }
    const { MessageId } = await sesv2(
      'send-email',
      '--from-email-address',
      `a@${DOMAIN}`,
      '--destination',
      'ToAddresses=b@receiver.example',
      '--content',
      JSON.stringify(content),
      '--configuration-set-name',
      SET,
    )
    expect(standin.mails({ recipient: 'b@receiver.example' })).toMatchObject([
      { id: MessageId, configurationSetName: SET },
    ])
  })

  test('keeps the suppression list with its exact spelling', async () => {
    await sesv2('put-suppressed-destination', '--email-address', 'Old@Receiver.example', '--reason', 'BOUNCE')
    const { SuppressedDestination } = await sesv2(
      'get-suppressed-destination',
      '--email-address',
      'Old@receiver.example',
    )
    expect(SuppressedDestination).toMatchObject({ EmailAddress: 'Old@receiver.example', Reason: 'BOUNCE' })
    await expect(sesv2('get-suppressed-destination', '--email-address', 'old@receiver.example')).rejects.toThrow(
      /NotFoundException/,
    )
  })

  test('is refused with a secret that is not the right one', async () => {
    const env = {
      ...process.env,
      AWS_ACCESS_KEY_ID: standin.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: 'wrong',
      AWS_PAGER: '',
    }
    const args = ['--endpoint-url', standin.apiUrl, '--region', 'ap-northeast-1', 'sesv2', 'get-account']
    await expect(run('aws', args, { env })).rejects.toThrow(/SignatureDoesNotMatch|InvalidSignature/)
  })
})
