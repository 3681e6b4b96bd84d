// The SDK clients of this folder: one for sending, one for everything else. Both ask once; who calls decides on a retry.
import { SESv2Client, type SESv2ClientConfig } from '@aws-sdk/client-sesv2'
import { sesHttpHandler, type HttpHandlerOptions } from './http-handler.ts'

/** Where SES is and who we are there. */
export interface SesPlace {
  readonly region: string
  /** Another endpoint than the Region's own: a VPC endpoint, or the stand-in. */
  readonly endpoint?: string
  /** Absent: where the SDK finds them (environment, profile, role). */
  readonly credentials?: NonNullable<SESv2ClientConfig['credentials']>
}

/** The host that answers, for replies and logs. */
export function hostOf({ region, endpoint }: SesPlace): string {
  return endpoint === undefined ? `email.${region}.amazonaws.com` : new URL(endpoint).host
}

/** What both clients share. */
export function clientSettings(place: SesPlace): SESv2ClientConfig {
  return {
    region: place.region,
    ...(place.endpoint !== undefined && { endpoint: place.endpoint }),
    ...(place.credentials !== undefined && { credentials: place.credentials }),
    // A retry of the SDK would send a mail twice behind our back when the first answer was lost.
    maxAttempts: 1,
    retryMode: 'standard',
    // Our own name; the SDK's would tell the platform and its version to everyone who reads a log.
    defaultUserAgentProvider: () => Promise.resolve([['watari']]),
  }
}

/** The client for sending, whose calls say how far they have come. */
export function sesClient(place: SesPlace, options: HttpHandlerOptions): SESv2Client {
  return new SESv2Client({
    ...clientSettings(place),
    requestHandler: sesHttpHandler(options) as unknown as NonNullable<SESv2ClientConfig['requestHandler']>,
  })
}
