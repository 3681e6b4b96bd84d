// The AWS SDK for JavaScript judges the stand-in's API: every operation is called, every answer parsed by its model,
// every signature made by it and checked by us.
import {
  AlreadyExistsException,
  BadRequestException,
  ConflictException,
  CreateConfigurationSetCommand,
  CreateConfigurationSetEventDestinationCommand,
  CreateEmailIdentityCommand,
  DeleteConfigurationSetCommand,
  DeleteConfigurationSetEventDestinationCommand,
  DeleteEmailIdentityCommand,
  DeleteSuppressedDestinationCommand,
  GetAccountCommand,
  GetConfigurationSetCommand,
  GetConfigurationSetEventDestinationsCommand,
  GetEmailIdentityCommand,
  GetSuppressedDestinationCommand,
  ListConfigurationSetsCommand,
  ListEmailIdentitiesCommand,
  ListSuppressedDestinationsCommand,
  LimitExceededException,
  MailFromDomainNotVerifiedException,
  MessageRejected,
  NotFoundException,
  PutAccountDetailsCommand,
  PutAccountSendingAttributesCommand,
  PutAccountSuppressionAttributesCommand,
  PutConfigurationSetDeliveryOptionsCommand,
  PutConfigurationSetReputationOptionsCommand,
  PutConfigurationSetSendingOptionsCommand,
  PutConfigurationSetSuppressionOptionsCommand,
  PutEmailIdentityConfigurationSetAttributesCommand,
  PutEmailIdentityDkimAttributesCommand,
  PutEmailIdentityDkimSigningAttributesCommand,
  PutEmailIdentityFeedbackAttributesCommand,
  PutEmailIdentityMailFromAttributesCommand,
  PutSuppressedDestinationCommand,
  SendEmailCommand,
  SendingPausedException,
  SESv2Client,
  TooManyRequestsException,
  UpdateConfigurationSetEventDestinationCommand,
} from '@aws-sdk/client-sesv2'
import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Standin } from '../../src/standin/standin.ts'
import { BUS, DOMAIN, SET, standinForTest } from '../support/standin-client.ts'

let standin: Standin
let ses: SESv2Client

const clientOf = (change: object = {}): SESv2Client =>
  new SESv2Client({
    region: 'ap-northeast-1',
    endpoint: standin.apiUrl,
    credentials: standin.credentials,
    maxAttempts: 1,
    ...change,
  })

beforeAll(async () => {
  standin = await standinForTest()
  ses = clientOf()
})
afterAll(async () => {
  ses.destroy()
  await standin.stop()
})

const rsa = (bits: number, type: 'pkcs1' | 'pkcs8'): string =>
  generateKeyPairSync('rsa', { modulusLength: bits }).privateKey.export({ type, format: 'der' }).toString('base64')
const RAW = 'From: a@example.com\r\nTo: x@receiver.example\r\nSubject: s\r\n\r\nbody\r\n'
const raw = (text = RAW, to = ['x@receiver.example']) => ({
  Destination: { ToAddresses: to },
  Content: { Raw: { Data: Buffer.from(text) } },
})

describe('identities', () => {
  test('an Easy DKIM domain lives its whole life', async () => {
    const created = await ses.send(
      new CreateEmailIdentityCommand({ EmailIdentity: 'Easy.example', Tags: [{ Key: 'k', Value: 'v' }] }),
    )
    expect(created).toMatchObject({
      IdentityType: 'DOMAIN',
      VerifiedForSendingStatus: false,
      DkimAttributes: {
        SigningEnabled: true,
        Status: 'PENDING',
        SigningAttributesOrigin: 'AWS_SES',
        SigningHostedZone: 'dkim.amazonses.com',
      },
    })
    const tokens = created.DkimAttributes?.Tokens ?? []
    expect(tokens).toHaveLength(3)
    standin.knobs.dns.zones.addZone('easy.example')
    for (const token of tokens) {
      standin.knobs.dns.zones.add({
        name: `${token}._domainkey.easy.example`,
        type: 'CNAME',
        value: `${token}.dkim.amazonses.com`,
      })
    }
    await standin.knobs.verification.checkNow(standin.knobs.account.identities.get('easy.example')!)
    const got = await ses.send(new GetEmailIdentityCommand({ EmailIdentity: 'easy.example' }))
    expect(got).toMatchObject({
      VerifiedForSendingStatus: true,
      VerificationStatus: 'SUCCESS',
      FeedbackForwardingStatus: true,
      Tags: [{ Key: 'k', Value: 'v' }],
      DkimAttributes: { Status: 'SUCCESS', CurrentSigningKeyLength: 'RSA_2048_BIT' },
      VerificationInfo: { SOARecord: { PrimaryNameServer: 'ns.easy.example', AdminEmail: 'hostmaster.easy.example' } },
    })
    expect(got.VerificationInfo?.LastSuccessTimestamp).toBeInstanceOf(Date)
    await ses.send(new DeleteEmailIdentityCommand({ EmailIdentity: 'easy.example' }))
    await expect(ses.send(new GetEmailIdentityCommand({ EmailIdentity: 'easy.example' }))).rejects.toBeInstanceOf(
      NotFoundException,
    )
  })

  test('an address identity is answered without DKIM, and its name may hold plus and at', async () => {
    const created = await ses.send(new CreateEmailIdentityCommand({ EmailIdentity: 'foo+bar@else.example' }))
    expect(created).toMatchObject({ IdentityType: 'EMAIL_ADDRESS', VerifiedForSendingStatus: false })
    expect(created.DkimAttributes).toBeUndefined()
    const got = await ses.send(new GetEmailIdentityCommand({ EmailIdentity: 'foo+bar@else.example' }))
    expect(got).toMatchObject({
      VerificationStatus: 'PENDING',
      DkimAttributes: { SigningEnabled: false, Status: 'NOT_STARTED', SigningAttributesOrigin: 'AWS_SES' },
      MailFromAttributes: { BehaviorOnMxFailure: 'USE_DEFAULT_VALUE' },
    })
  })

  test('BYODKIM takes PKCS#1 and PKCS#8 from 1024 to 2048 bits, and says EXTERNAL with the selector', async () => {
    for (const [bits, type] of [
      [1_024, 'pkcs1'],
      [2_048, 'pkcs8'],
    ] as const) {
      const EmailIdentity = `byo${bits}.example`
      const DkimSigningAttributes = { DomainSigningSelector: 'k1', DomainSigningPrivateKey: rsa(bits, type) }
      const created = await ses.send(new CreateEmailIdentityCommand({ EmailIdentity, DkimSigningAttributes }))
      expect(created.DkimAttributes).toMatchObject({
        SigningAttributesOrigin: 'EXTERNAL',
        Tokens: ['k1'],
        Status: 'PENDING',
      })
      const switched = await ses.send(
        new PutEmailIdentityDkimSigningAttributesCommand({
          EmailIdentity,
          SigningAttributesOrigin: 'EXTERNAL',
          SigningAttributes: { ...DkimSigningAttributes, DomainSigningSelector: 'k2' },
        }),
      )
      expect(switched).toMatchObject({ DkimStatus: 'PENDING', DkimTokens: ['k2'] })
    }
  })

  test.each([
    ['a selector with a dot', { DomainSigningSelector: '2026.a', DomainSigningPrivateKey: 'AAAA' }],
    ['a selector with an underscore', { DomainSigningSelector: 'ses_2026', DomainSigningPrivateKey: 'AAAA' }],
    ['a selector of 64 characters', { DomainSigningSelector: 'a'.repeat(64), DomainSigningPrivateKey: 'AAAA' }],
    [
      'a key with its armour',
      { DomainSigningSelector: 'a', DomainSigningPrivateKey: '-----BEGIN PRIVATE KEY-----\nAAAA' },
    ],
    ['a key of 4096 bits', { DomainSigningSelector: 'a', DomainSigningPrivateKey: 4_096 }],
    ['a key of 512 bits', { DomainSigningSelector: 'a', DomainSigningPrivateKey: 512 }],
    ['a key that is none', { DomainSigningSelector: 'a', DomainSigningPrivateKey: 'AAAA' }],
    ['a selector alone', { DomainSigningSelector: 'a' }],
  ])('%s is a BadRequestException, and the key is not in its message', async (_what, attributes) => {
    const { DomainSigningSelector, DomainSigningPrivateKey: given } = attributes as {
      DomainSigningSelector: string
      DomainSigningPrivateKey?: string | number
    }
    const DomainSigningPrivateKey = typeof given === 'number' ? rsa(given, 'pkcs8') : given
    const failed = ses.send(
      new PutEmailIdentityDkimSigningAttributesCommand({
        EmailIdentity: DOMAIN,
        SigningAttributesOrigin: 'EXTERNAL',
        SigningAttributes: { DomainSigningSelector, DomainSigningPrivateKey },
      }),
    )
    await expect(failed).rejects.toBeInstanceOf(BadRequestException)
    await expect(failed).rejects.not.toThrow(/AAAA|MII/)
    expect(standin.knobs.account.identities.get(DOMAIN)!.dkim.status).toBe('SUCCESS')
  })

  test('DKIM for an address is refused in the words of the service', async () => {
    const failed = ses.send(
      new PutEmailIdentityDkimSigningAttributesCommand({
        EmailIdentity: 'a@example.com',
        SigningAttributesOrigin: 'AWS_SES',
      }),
    )
    await expect(failed).rejects.toThrow('The EmailIdentity value must be a valid domain.')
  })

  test('the other attributes are kept and given back', async () => {
    const EmailIdentity = 'attributes.example'
    await ses.send(new CreateEmailIdentityCommand({ EmailIdentity, ConfigurationSetName: SET }))
    await ses.send(new PutEmailIdentityDkimAttributesCommand({ EmailIdentity, SigningEnabled: false }))
    await ses.send(new PutEmailIdentityFeedbackAttributesCommand({ EmailIdentity, EmailForwardingEnabled: false }))
    await ses.send(
      new PutEmailIdentityMailFromAttributesCommand({
        EmailIdentity,
        MailFromDomain: 'bounce.attributes.example',
        BehaviorOnMxFailure: 'REJECT_MESSAGE',
      }),
    )
    const got = await ses.send(new GetEmailIdentityCommand({ EmailIdentity }))
    expect(got).toMatchObject({
      ConfigurationSetName: SET,
      FeedbackForwardingStatus: false,
      DkimAttributes: { SigningEnabled: false },
      MailFromAttributes: {
        MailFromDomain: 'bounce.attributes.example',
        MailFromDomainStatus: 'PENDING',
        BehaviorOnMxFailure: 'REJECT_MESSAGE',
      },
    })
    await ses.send(new PutEmailIdentityMailFromAttributesCommand({ EmailIdentity }))
    await ses.send(new PutEmailIdentityConfigurationSetAttributesCommand({ EmailIdentity }))
    const bare = await ses.send(new GetEmailIdentityCommand({ EmailIdentity }))
    expect(bare.MailFromAttributes?.MailFromDomain).toBeUndefined()
    expect(bare.ConfigurationSetName).toBeUndefined()
    const elsewhere = new PutEmailIdentityMailFromAttributesCommand({
      EmailIdentity,
      MailFromDomain: 'bounce.other.example',
    })
    await expect(ses.send(elsewhere)).rejects.toBeInstanceOf(BadRequestException)
  })

  test('identities are listed in pages', async () => {
    const first = await ses.send(new ListEmailIdentitiesCommand({ PageSize: 1 }))
    expect(first.EmailIdentities).toEqual([
      { IdentityType: 'DOMAIN', IdentityName: DOMAIN, SendingEnabled: true, VerificationStatus: 'SUCCESS' },
    ])
    const second = await ses.send(new ListEmailIdentitiesCommand({ PageSize: 1, NextToken: first.NextToken }))
    expect(second.EmailIdentities?.[0]?.IdentityName).not.toBe(DOMAIN)
    await expect(ses.send(new ListEmailIdentitiesCommand({ NextToken: 'nonsense' }))).rejects.toThrow(/token/)
  })
})

describe('configuration sets', () => {
  test('a set lives its whole life', async () => {
    const ConfigurationSetName = 'Life-1_a'
    await ses.send(
      new CreateConfigurationSetCommand({
        ConfigurationSetName,
        DeliveryOptions: { TlsPolicy: 'REQUIRE', MaxDeliverySeconds: 300 },
        SuppressionOptions: { SuppressedReasons: [] },
        SendingOptions: { SendingEnabled: true },
        ReputationOptions: { ReputationMetricsEnabled: true },
      }),
    )
    const again = ses.send(new CreateConfigurationSetCommand({ ConfigurationSetName }))
    await expect(again).rejects.toBeInstanceOf(AlreadyExistsException)
    expect(await ses.send(new GetConfigurationSetCommand({ ConfigurationSetName }))).toMatchObject({
      ConfigurationSetName,
      DeliveryOptions: { TlsPolicy: 'REQUIRE', MaxDeliverySeconds: 300 },
      SuppressionOptions: { SuppressedReasons: [] },
      SendingOptions: { SendingEnabled: true },
      ReputationOptions: { ReputationMetricsEnabled: true },
    })
    await ses.send(new PutConfigurationSetSendingOptionsCommand({ ConfigurationSetName, SendingEnabled: false }))
    await ses.send(new PutConfigurationSetSendingOptionsCommand({ ConfigurationSetName, SendingEnabled: true }))
    await ses.send(
      new PutConfigurationSetSuppressionOptionsCommand({ ConfigurationSetName, SuppressedReasons: ['COMPLAINT'] }),
    )
    await ses.send(new PutConfigurationSetDeliveryOptionsCommand({ ConfigurationSetName, TlsPolicy: 'OPTIONAL' }))
    await ses.send(
      new PutConfigurationSetReputationOptionsCommand({ ConfigurationSetName, ReputationMetricsEnabled: false }),
    )
    const changed = await ses.send(new GetConfigurationSetCommand({ ConfigurationSetName }))
    expect(changed).toMatchObject({
      DeliveryOptions: { TlsPolicy: 'OPTIONAL' },
      SuppressionOptions: { SuppressedReasons: ['COMPLAINT'] },
      ReputationOptions: { ReputationMetricsEnabled: false },
    })
    expect(changed.ReputationOptions?.LastFreshStart).toBeInstanceOf(Date)
    expect((await ses.send(new ListConfigurationSetsCommand({}))).ConfigurationSets).toContain(ConfigurationSetName)
    await ses.send(new DeleteConfigurationSetCommand({ ConfigurationSetName }))
    await expect(ses.send(new GetConfigurationSetCommand({ ConfigurationSetName }))).rejects.toBeInstanceOf(
      NotFoundException,
    )
  })

  test.each(['', 'with space', 'ä', 'a'.repeat(65)])('the name %j is refused', async (ConfigurationSetName) => {
    await expect(ses.send(new CreateConfigurationSetCommand({ ConfigurationSetName }))).rejects.toBeInstanceOf(
      BadRequestException,
    )
  })

  test('event destinations are made, read, changed and deleted', async () => {
    const names = { ConfigurationSetName: SET, EventDestinationName: 'life' }
    const EventBridgeDestination = { EventBusArn: BUS }
    await ses.send(
      new CreateConfigurationSetEventDestinationCommand({
        ...names,
        EventDestination: { Enabled: true, MatchingEventTypes: ['SEND', 'DELIVERY_DELAY'], EventBridgeDestination },
      }),
    )
    const list = async () =>
      (await ses.send(new GetConfigurationSetEventDestinationsCommand({ ConfigurationSetName: SET }))).EventDestinations
    expect(await list()).toEqual([
      { Name: 'life', Enabled: true, MatchingEventTypes: ['SEND', 'DELIVERY_DELAY'], EventBridgeDestination },
    ])
    const SnsDestination = { TopicArn: 'arn:aws:sns:ap-northeast-1:123456789012:topic' }
    await ses.send(
      new UpdateConfigurationSetEventDestinationCommand({
        ...names,
        EventDestination: { MatchingEventTypes: ['BOUNCE'], SnsDestination },
      }),
    )
    expect(await list()).toEqual([{ Name: 'life', Enabled: false, MatchingEventTypes: ['BOUNCE'], SnsDestination }])
    await ses.send(new DeleteConfigurationSetEventDestinationCommand(names))
    expect(await list()).toEqual([])
    await expect(ses.send(new DeleteConfigurationSetEventDestinationCommand(names))).rejects.toBeInstanceOf(
      NotFoundException,
    )
  })

  test.each([
    ['a bus that is not the default one', { EventBridgeDestination: { EventBusArn: BUS.replace('default', 'mine') } }],
    ['a FIFO topic', { SnsDestination: { TopicArn: 'arn:aws:sns:ap-northeast-1:123456789012:topic.fifo' } }],
    [
      'two kinds at once',
      {
        EventBridgeDestination: { EventBusArn: BUS },
        SnsDestination: { TopicArn: 'arn:aws:sns:ap-northeast-1:123456789012:t' },
      },
    ],
    ['no kind', {}],
  ])('%s is refused', async (_what, target) => {
    const EventDestination = { MatchingEventTypes: ['SEND' as const], ...target }
    const created = ses.send(
      new CreateConfigurationSetEventDestinationCommand({
        ConfigurationSetName: SET,
        EventDestinationName: 'x',
        EventDestination,
      }),
    )
    await expect(created).rejects.toBeInstanceOf(BadRequestException)
  })

  test('the eleventh destination and the eleventh dimension are too many', async () => {
    const ConfigurationSetName = 'many'
    await ses.send(new CreateConfigurationSetCommand({ ConfigurationSetName }))
    const dimension = (index: number) => ({
      DimensionName: `d${index}`,
      DimensionValueSource: 'MESSAGE_TAG' as const,
      DefaultDimensionValue: 'x',
    })
    const create = (name: string, dimensions: number) =>
      ses.send(
        new CreateConfigurationSetEventDestinationCommand({
          ConfigurationSetName,
          EventDestinationName: name,
          EventDestination: {
            MatchingEventTypes: ['SEND'],
            CloudWatchDestination: {
              DimensionConfigurations: Array.from({ length: dimensions }, (_, index) => dimension(index)),
            },
          },
        }),
      )
    await expect(create('wide', 11)).rejects.toBeInstanceOf(LimitExceededException)
    for (let index = 0; index < 10; index += 1) await create(`n${index}`, 10)
    await expect(create('n10', 1)).rejects.toBeInstanceOf(LimitExceededException)
  })
})

describe('the account', () => {
  test('says its quota as numbers', async () => {
    const account = await ses.send(new GetAccountCommand({}))
    expect(account).toMatchObject({
      EnforcementStatus: 'HEALTHY',
      ProductionAccessEnabled: true,
      SendingEnabled: true,
      SendQuota: { Max24HourSend: 10_000_000, MaxSendRate: 200 },
      SuppressionAttributes: { SuppressedReasons: ['BOUNCE', 'COMPLAINT'] },
    })
  })

  test('is paused and let go', async () => {
    await ses.send(new PutAccountSendingAttributesCommand({ SendingEnabled: false }))
    await expect(ses.send(new SendEmailCommand(raw()))).rejects.toBeInstanceOf(SendingPausedException)
    expect((await ses.send(new GetAccountCommand({}))).SendingEnabled).toBe(false)
    await ses.send(new PutAccountSendingAttributesCommand({ SendingEnabled: true }))
    expect((await ses.send(new SendEmailCommand(raw()))).MessageId).toMatch(/^0106[0-9a-f]{12}-[0-9a-f-]{36}-000000$/)
  })

  test('asks for production access once at a time', async () => {
    const details = {
      MailType: 'TRANSACTIONAL' as const,
      WebsiteURL: 'https://example.com',
      ContactLanguage: 'JA' as const,
    }
    await ses.send(new PutAccountDetailsCommand(details))
    expect((await ses.send(new GetAccountCommand({}))).Details).toMatchObject({
      ...details,
      ReviewDetails: { Status: 'PENDING' },
    })
    await expect(ses.send(new PutAccountDetailsCommand(details))).rejects.toBeInstanceOf(ConflictException)
  })

  test('keeps a suppression list: exact case to manage it, the domain aside', async () => {
    await ses.send(new PutSuppressedDestinationCommand({ EmailAddress: 'Taro@Receiver.Example', Reason: 'BOUNCE' }))
    await ses.send(
      new PutSuppressedDestinationCommand({ EmailAddress: 'hanako@receiver.example', Reason: 'COMPLAINT' }),
    )
    const got = await ses.send(new GetSuppressedDestinationCommand({ EmailAddress: 'Taro@receiver.example' }))
    expect(got.SuppressedDestination).toMatchObject({ EmailAddress: 'Taro@receiver.example', Reason: 'BOUNCE' })
    expect(got.SuppressedDestination?.LastUpdateTime).toBeInstanceOf(Date)
    const wrongCase = ses.send(new GetSuppressedDestinationCommand({ EmailAddress: 'taro@receiver.example' }))
    await expect(wrongCase).rejects.toThrow(
      'Email address taro@receiver.example does not exist on your suppression list.',
    )
    const list = async (input: object) =>
      (await ses.send(new ListSuppressedDestinationsCommand(input))).SuppressedDestinationSummaries?.map(
        (one) => one.EmailAddress,
      )
    expect(await list({})).toEqual(['Taro@receiver.example', 'hanako@receiver.example'])
    expect(await list({ Reasons: ['COMPLAINT'] })).toEqual(['hanako@receiver.example'])
    expect(await list({ EndDate: new Date(0) })).toEqual([])
    expect(await list({ PageSize: 1 })).toEqual(['Taro@receiver.example'])
    for (const EmailAddress of ['Taro@receiver.example', 'hanako@receiver.example']) {
      await ses.send(new DeleteSuppressedDestinationCommand({ EmailAddress }))
    }
    const gone = ses.send(new DeleteSuppressedDestinationCommand({ EmailAddress: 'Taro@receiver.example' }))
    await expect(gone).rejects.toBeInstanceOf(NotFoundException)
  })

  test('says which reasons suppress', async () => {
    await ses.send(new PutAccountSuppressionAttributesCommand({ SuppressedReasons: ['COMPLAINT'] }))
    expect((await ses.send(new GetAccountCommand({}))).SuppressionAttributes?.SuppressedReasons).toEqual(['COMPLAINT'])
    await ses.send(new PutAccountSuppressionAttributesCommand({ SuppressedReasons: ['BOUNCE', 'COMPLAINT'] }))
  })
})

describe('SendEmail', () => {
  test('Simple becomes a MIME message with both bodies, a header of ours and an attachment', async () => {
    const { MessageId } = await ses.send(
      new SendEmailCommand({
        FromEmailAddress: '"渡り" <a@example.com>'.replace('渡り', 'Watari'),
        Destination: { ToAddresses: ['x@receiver.example'], BccAddresses: ['hidden@receiver.example'] },
        EmailTags: [{ Name: 'campaign', Value: 'spring' }],
        ConfigurationSetName: SET,
        Content: {
          Simple: {
            Subject: { Data: '日本語の件名、とても長いので折り返されます' },
            Body: { Text: { Data: 'plain' }, Html: { Data: '<p>html</p>' } },
            Headers: [{ Name: 'X-Ours', Value: 'yes' }],
            Attachments: [{ FileName: 'a.txt', RawContent: Buffer.from('attached'), ContentType: 'text/plain' }],
          },
        },
      }),
    )
    const [mail] = standin.mails({ tag: { name: 'campaign', value: 'spring' } })
    expect(mail).toMatchObject({
      id: MessageId,
      recipients: ['x@receiver.example', 'hidden@receiver.example'],
      configurationSetName: SET,
    })
    const text = (await standin.content(mail!)).toString()
    expect(text).toContain('X-Ours: yes\r\n')
    expect(text).toContain(Buffer.from('attached').toString('base64'))
    expect(text).toMatch(/Subject: =\?UTF-8\?B\?/)
    expect(text).not.toContain('hidden@')
  })

  test('a raw message with LF line ends is taken, as by the real API', async () => {
    await ses.send(new SendEmailCommand(raw(RAW.replaceAll('\r\n', '\n'))))
    expect((await standin.content(standin.mails()[0]!)).toString()).toContain('Subject: s\r\n')
  })

  test.each<[string, object, abstract new (...args: never[]) => Error, RegExp]>([
    [
      'an unverified From',
      raw('From: "Foo" <foo@partner.example>\r\n\r\nx'),
      MessageRejected,
      /failed the check in region AP-NORTHEAST-1: "Foo" <foo@partner\.example>, foo@partner\.example$/,
    ],
    [
      'no From at all',
      raw('To: x@receiver.example\r\n\r\nx'),
      BadRequestException,
      /^Missing required header 'From'\.$/,
    ],
    [
      'a header twice',
      raw(`Subject: t\r\nsubject: u\r\n${RAW}`),
      BadRequestException,
      /^Duplicate header 'Subject'\.$/,
    ],
    [
      '51 recipients',
      raw(
        RAW,
        Array.from({ length: 51 }, (_, index) => `r${index}@receiver.example`),
      ),
      BadRequestException,
      /Recipient count exceeds 50\./,
    ],
    ['an empty recipient', raw(RAW, ['']), BadRequestException, /^Invalid email address \.$/],
    ['a dotted recipient', raw(RAW, ['a..b@docomo.ne.jp']), BadRequestException, /dot-dot/],
    [
      'an unknown set',
      { ...raw(), ConfigurationSetName: 'nobody' },
      BadRequestException,
      /^Configuration set <nobody> does not exist\.$/,
    ],
    [
      'a template',
      {
        Content: { Template: { TemplateName: 't', TemplateData: '{}' } },
        Destination: { ToAddresses: ['x@receiver.example'] },
      },
      NotFoundException,
      /Template t does not exist/,
    ],
    [
      'two kinds of content',
      { ...raw(), Content: { Raw: { Data: Buffer.from(RAW) }, Template: { TemplateName: 't' } } },
      BadRequestException,
      /Exactly one/,
    ],
    [
      'a tag with an at sign',
      { ...raw(), EmailTags: [{ Name: 'a', Value: 'b@c' }] },
      BadRequestException,
      /Invalid tag value/,
    ],
    [
      'an unverified feedback address',
      { ...raw(), FeedbackForwardingEmailAddress: 'b@else.example' },
      MessageRejected,
      /b@else\.example/,
    ],
  ])('%s is refused', async (_what, input, type, message) => {
    const before = standin.knobs.mailbox.counts.mails
    const sent = ses.send(new SendEmailCommand(input as never))
    await expect(sent).rejects.toBeInstanceOf(type)
    await expect(sent).rejects.toThrow(message)
    expect(standin.knobs.mailbox.counts.mails).toBe(before)
  })

  test('throttling has the names of the model, or the one of the guide by a switch', async () => {
    const limited = await standinForTest({ settings: { maxSendRate: 0.001, burstSeconds: 1, max24HourSend: 3 } })
    const client = clientOf({ endpoint: limited.apiUrl })
    try {
      await client.send(new SendEmailCommand(raw()))
      const tooFast = client.send(new SendEmailCommand(raw()))
      await expect(tooFast).rejects.toBeInstanceOf(TooManyRequestsException)
      await expect(tooFast).rejects.toMatchObject({
        message: 'Maximum sending rate exceeded.',
        $metadata: { httpStatusCode: 429 },
      })
      limited.knobs.account.settings.maxSendRate = 1_000
      const tooMany = client.send(
        new SendEmailCommand(raw(RAW, ['a@receiver.example', 'b@receiver.example', 'c@receiver.example'])),
      )
      await expect(tooMany).rejects.toBeInstanceOf(LimitExceededException)
      await expect(tooMany).rejects.toMatchObject({
        message: 'Daily message quota exceeded.',
        $metadata: { httpStatusCode: 400 },
      })
      limited.knobs.account.settings.throttlingName = 'ThrottlingException'
      const named = client.send(
        new SendEmailCommand(raw(RAW, ['a@receiver.example', 'b@receiver.example', 'c@receiver.example'])),
      )
      await expect(named).rejects.toMatchObject({
        name: 'ThrottlingException',
        message: 'Daily message quota exceeded.',
      })
      // The simulator is exempt from the daily quota only.
      await client.send(
        new SendEmailCommand(
          raw(
            RAW,
            Array.from({ length: 9 }, (_, index) => `success+${index}@simulator.amazonses.com`),
          ),
        ),
      )
    } finally {
      client.destroy()
      await limited.stop()
    }
  })

  test('REJECT_MESSAGE refuses while the MAIL FROM domain has no MX', async () => {
    standin.knobs.account.identities.get(DOMAIN)!.mailFrom = {
      domain: 'gone.example.com',
      onMxFailure: 'REJECT_MESSAGE',
      status: 'PENDING',
      since: 0,
    }
    await expect(ses.send(new SendEmailCommand(raw()))).rejects.toBeInstanceOf(MailFromDomainNotVerifiedException)
    standin.knobs.account.identities.get(DOMAIN)!.mailFrom = {
      domain: 'gone.example.com',
      onMxFailure: 'USE_DEFAULT_VALUE',
      status: 'PENDING',
      since: 0,
    }
    await ses.send(new SendEmailCommand(raw()))
    expect(standin.mails()[0]!.returnPath).toMatch(/@ap-northeast-1\.amazonses\.com$/)
  })
})

describe('who calls', () => {
  const secret = 'another+secret/000000000000000000000000'
  test.each<[string, object, RegExp]>([
    ['an unknown key', { credentials: { accessKeyId: 'AKIANOBODY', secretAccessKey: secret } }, /InvalidClientTokenId/],
    [
      'a wrong secret',
      { credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: secret } },
      /SignatureDoesNotMatch/,
    ],
    ['a signature for another region', { region: 'us-east-1' }, /SignatureDoesNotMatch/],
  ])('%s is refused with 403', async (_what, change, name) => {
    const client = clientOf(change)
    const failed = client.send(new GetAccountCommand({}))
    await expect(failed).rejects.toMatchObject({
      name: expect.stringMatching(name),
      $metadata: { httpStatusCode: 403 },
    })
    client.destroy()
  })

  test('a call without a signature is refused, and taken when the switch says so', async () => {
    const answer = await fetch(`${standin.apiUrl}/v2/email/account`)
    expect([answer.status, answer.headers.get('x-amzn-errortype'), await answer.json()]).toEqual([
      403,
      'MissingAuthenticationTokenException',
      { message: 'Missing Authentication Token' },
    ])
    standin.knobs.account.settings.signatures = 'accept'
    expect((await fetch(`${standin.apiUrl}/v2/email/account`)).status).toBe(200)
    standin.knobs.account.settings.signatures = 'verify'
  })

  test('control calls are limited to one a second after a small burst; sending is not', async () => {
    const limited = await standinForTest({
      settings: { controlCallsPerSecond: 1, controlCallsBurst: 3 },
      clock: { frozen: true, startAt: Date.now() },
    })
    const client = clientOf({ endpoint: limited.apiUrl })
    try {
      for (let call = 0; call < 3; call += 1) await client.send(new GetAccountCommand({}))
      await expect(client.send(new GetAccountCommand({}))).rejects.toBeInstanceOf(TooManyRequestsException)
      for (let mail = 0; mail < 10; mail += 1) await client.send(new SendEmailCommand(raw()))
      await limited.knobs.account.clock.advance(1_000)
      await client.send(new GetAccountCommand({}))
    } finally {
      client.destroy()
      await limited.stop()
    }
  })
})
