// The five calls of Secrets Manager that the key store makes, and what their failures mean. Its rule: what the SDK throws goes
// no further, because it may hold what was sent; it is told by the name of the secret, of the answer, and how to mend it.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { answerName, clientSettings, whatCame, type AwsPlace } from './place.ts'

/** Three keys live, some rest; 100 names a page, so that more than this is something else. */
const PAGES_MAX = 10
const PAGE_SIZE = 100

export interface NewSecret {
  readonly name: string
  readonly description: string
  readonly text: string
  readonly kmsKey?: string
}

export interface SecretCalls {
  /** Undefined when there is no such secret, or it was put up for deletion and gives its value to nobody any more. */
  describe(name: string): Promise<string | undefined>
  names(folder: string): Promise<readonly string[]>
  /** False when the name is taken. */
  create(secret: NewSecret): Promise<boolean>
  value(name: string): Promise<string>
  /** At once and for good. A secret that is not there is no fault. */
  destroy(name: string): Promise<void>
  stop(): void
}

export function secretCalls(place: AwsPlace): SecretCalls {
  const client = new SecretsManagerClient(clientSettings(place))
  return {
    stop: () => client.destroy(),
    async describe(name) {
      const command = new DescribeSecretCommand({ SecretId: name })
      const told = await asked('DescribeSecret', name, () => client.send(command).catch(undefinedWhenMissing))
      return told === undefined || told.DeletedDate !== undefined ? undefined : (told.Description ?? '')
    },
    names: (folder) => namesUnder(client, folder),
    async create({ name, description, text, kmsKey }) {
      const command = new CreateSecretCommand({
        Name: name,
        Description: description,
        SecretString: text,
        ...(kmsKey === undefined ? {} : { KmsKeyId: kmsKey }),
      })
      return await asked('CreateSecret', name, () => client.send(command).then(() => true, falseWhenThere))
    },
    async value(name) {
      const command = new GetSecretValueCommand({ SecretId: name })
      return (await asked('GetSecretValue', name, () => client.send(command))).SecretString ?? ''
    },
    async destroy(name) {
      const command = new DeleteSecretCommand({ SecretId: name, ForceDeleteWithoutRecovery: true })
      await asked('DeleteSecret', name, () => client.send(command).catch(undefinedWhenMissing))
    },
  }
}

async function namesUnder(client: SecretsManagerClient, folder: string): Promise<readonly string[]> {
  const names: string[] = []
  const filter = { Filters: [{ Key: 'name' as const, Values: [folder] }], MaxResults: PAGE_SIZE }
  let NextToken: string | undefined
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const command = new ListSecretsCommand(NextToken === undefined ? filter : { ...filter, NextToken })
    const list = await asked('ListSecrets', folder, () => client.send(command))
    names.push(...(list.SecretList ?? []).flatMap(({ Name }) => Name ?? []))
    NextToken = list.NextToken
    if (NextToken === undefined) return names.filter((name) => name.startsWith(folder))
  }
  throw new Error(`more than ${PAGES_MAX * PAGE_SIZE} secrets lie under ${folder}`)
}

function undefinedWhenMissing(error: unknown): undefined {
  if (error instanceof ResourceNotFoundException) return undefined
  throw error
}

function falseWhenThere(error: unknown): boolean {
  if (error instanceof ResourceExistsException) return false
  throw error
}

/** Without the cause, on purpose. */
function asked<T>(action: string, name: string, call: () => Promise<T>): Promise<T> {
  return call().catch((error: unknown) => Promise.reject(failure(action, name, error)))
}

function failure(action: string, name: string, error: unknown): Error {
  const mend = MENDING[answerName(error) ?? '']
  const hint = mend === undefined ? '' : `: ${mend}`
  return new Error(`${action} of ${name} failed: ${whatCame('Secrets Manager', error)}${hint}`)
}

const MENDING: Readonly<Record<string, string>> = {
  AccessDeniedException: 'allow the call, and the use of the KMS key, to these credentials',
  DecryptionFailure: 'allow kms:Decrypt on the KMS key to these credentials, and see that the key is enabled',
  EncryptionFailure: 'allow kms:GenerateDataKey on the KMS key to these credentials, and see that the key is enabled',
  // A name that was deleted is free only after minutes, or when its time of recovery is over.
  InvalidRequestException: 'the secret may be under deletion: wait some minutes, or restore it by RestoreSecret',
  ResourceNotFoundException: 'it is not there: see that region and account are those of the secret and of the KMS key',
  UnrecognizedClientException: 'these credentials are of no account',
  ExpiredTokenException: 'the credentials have expired: renew them',
}
