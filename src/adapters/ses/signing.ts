// SES as the signer: gives it keys, and tells what it signs with. Its rules: the private key is in the request and nowhere
// else, so an error is told by its name and never by what was sent; every call may be made twice with the same end.
import {
  AlreadyExistsException,
  CreateEmailIdentityCommand,
  NotFoundException,
  PutEmailIdentityDkimAttributesCommand,
  PutEmailIdentityDkimSigningAttributesCommand,
  PutEmailIdentityMailFromAttributesCommand,
  SESv2ServiceException,
  type BehaviorOnMxFailure,
  type SESv2Client,
} from '@aws-sdk/client-sesv2'
import type { Signing, SigningAnswer } from '../../core/dkim/ports.ts'
import type { ControlPlane } from './control-plane.ts'
import { sesIdentity } from './identity.ts'
import { readChange } from './change-outcomes.ts'

export interface SigningOptions {
  readonly controlPlane: ControlPlane
  /** PKCS#1, base64 in one line, from the key store. */
  readonly privateKey: (selector: string) => Promise<string>
  /** The default configuration set of an identity that is created here. */
  readonly configurationSet?: string
  /**
   * What SES does while the MAIL FROM domain is not ready. USE_DEFAULT_VALUE: mail goes on, aligned by DKIM alone.
   * REJECT_MESSAGE turns a fault in DNS into a stop of all mail (facts 2.10).
   */
  readonly mailFromFailure: BehaviorOnMxFailure
}

export function sesSigning(options: SigningOptions): Signing {
  const { controlPlane } = options
  const identity = sesIdentity(controlPlane)
  const change = (run: (client: SESv2Client) => Promise<unknown>) => answered(() => controlPlane.call(run))
  return {
    async facts(domain) {
      try {
        return (await identity.facts(domain)) ?? 'missing'
      } catch {
        // Why it could not be asked, the account watch says: it asks the same endpoint with the same credentials.
        return 'unknown'
      }
    },
    async useKey(domain, selector) {
      let privateKey: string
      try {
        privateKey = await options.privateKey(selector)
      } catch (error) {
        const message = error instanceof Error ? error.message : 'the key store failed'
        return { kind: 'refused', reason: 'keyNotReadable', message }
      }
      return change((client) => giveKey(client, options, { domain, selector, privateKey }))
    },
    enableSigning: (domain) =>
      change((client) =>
        client.send(new PutEmailIdentityDkimAttributesCommand({ EmailIdentity: domain, SigningEnabled: true })),
      ),
    useMailFrom: (domain, mailFromDomain) =>
      change((client) =>
        client.send(
          new PutEmailIdentityMailFromAttributesCommand({
            EmailIdentity: domain,
            MailFromDomain: mailFromDomain,
            BehaviorOnMxFailure: options.mailFromFailure,
          }),
        ),
      ),
  }
}

interface GivenKey {
  readonly domain: string
  readonly selector: string
  readonly privateKey: string
}

/** https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-bring-your-own.html */
async function giveKey(
  client: SESv2Client,
  { configurationSet }: SigningOptions,
  { domain, selector, privateKey }: GivenKey,
): Promise<void> {
  const attributes = { DomainSigningSelector: selector, DomainSigningPrivateKey: privateKey }
  const put = () =>
    client.send(
      new PutEmailIdentityDkimSigningAttributesCommand({
        EmailIdentity: domain,
        SigningAttributesOrigin: 'EXTERNAL',
        SigningAttributes: attributes,
      }),
    )
  try {
    await put()
  } catch (error) {
    if (!(error instanceof NotFoundException)) throw error
    try {
      await client.send(
        new CreateEmailIdentityCommand({
          EmailIdentity: domain,
          DkimSigningAttributes: attributes,
          ...(configurationSet === undefined ? {} : { ConfigurationSetName: configurationSet }),
        }),
      )
    } catch (creation) {
      // Somebody made it in the same moment, or we did before a crash.
      if (!(creation instanceof AlreadyExistsException)) throw creation
      await put()
    }
  }
}

const MENDING: Readonly<Record<string, string>> = {
  accessDenied: 'the credentials may not change identities: allow ses:PutEmailIdentity* and ses:CreateEmailIdentity',
  credentialsRefused: 'SES refuses the credentials: check the variables that the plan names',
  limitReached: 'the account has as many identities as it may have: remove one that is not used',
  identityMissing: 'SES has no such identity in this Region: check the region of the plan',
  valueRefused: 'SES does not take the value',
}

async function answered(call: () => Promise<unknown>): Promise<SigningAnswer> {
  try {
    await call()
    return { kind: 'done' }
  } catch (error) {
    if (!(error instanceof SESv2ServiceException)) {
      return { kind: 'again', reason: 'unreachable', message: 'SES gave no answer' }
    }
    const { kind, reason } = readChange({ name: error.name, message: error.message })
    // The text of SES may repeat what it was given: only its name and the request's id are told.
    const said = `SES answered ${error.name} (request ${error.$metadata.requestId ?? 'none'})`
    return { kind, reason, message: MENDING[reason] === undefined ? said : `${MENDING[reason]}; ${said}` }
  }
}
