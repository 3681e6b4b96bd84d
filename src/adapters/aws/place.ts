// Where AWS is and who we are there, for every client of this folder; and how a failed call is told. Its rule: of an error
// only its name and the id of the request are told, because its text may repeat what was sent.
import type { Route53ClientConfig } from '@aws-sdk/client-route-53'

export interface AwsPlace {
  readonly region: string
  /** Absent: where the SDK finds them (environment, profile, role). */
  readonly credentials?: NonNullable<Route53ClientConfig['credentials']>
  /** Another address, for an emulator. Without it the SDK also looks at AWS_ENDPOINT_URL. */
  readonly endpoint?: string
}

/** The first call and two more: the SDK waits between them, longer each time, and gives up together when all calls fail. */
const ATTEMPTS = 3
/** Whoever waits for an answer has another way, or says that there is none. */
const CONNECT_TIMEOUT_MS = 3_000
const ANSWER_TIMEOUT_MS = 10_000

export function clientSettings({ region, credentials, endpoint }: AwsPlace, answerTimeoutMs = ANSWER_TIMEOUT_MS) {
  return {
    region,
    ...(credentials === undefined ? {} : { credentials }),
    ...(endpoint === undefined ? {} : { endpoint }),
    maxAttempts: ATTEMPTS,
    retryMode: 'standard',
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: answerTimeoutMs,
      throwOnRequestTimeout: true,
    },
    // The SDK says some things to the console when it is given nobody to say them to; ours are said once, by whoever calls.
    logger: SILENT,
    // Our own name; the SDK's would tell the platform and its version to everyone who reads a log.
    defaultUserAgentProvider: () => Promise.resolve([['watari'] as [string]]),
  }
}

const nothing = (): void => undefined
const SILENT = { debug: nothing, info: nothing, warn: nothing, error: nothing }

/** The name of AWS's answer; undefined when there was none, or none that says anything. */
export function answerName(error: unknown): string | undefined {
  return statusOf(error) === undefined ? undefined : (error as Error).name
}

/** 'Secrets Manager answered AccessDeniedException (request 1a2b)'. */
export function whatCame(service: string, error: unknown): string {
  const status = statusOf(error)
  if (status !== undefined) {
    const { requestId = 'none' } = (error as WithMetadata).$metadata
    return `${service} answered ${(error as Error).name} (status ${status}, request ${requestId})`
  }
  const name = error instanceof Error ? error.name : 'unknown'
  return `${service} gave no answer (${name})`
}

interface WithMetadata {
  readonly $metadata: { readonly httpStatusCode?: number; readonly requestId?: string }
}

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined
  return (error as unknown as WithMetadata).$metadata.httpStatusCode
}
