// What SES knows of an identity, from GetEmailIdentity.
import { GetEmailIdentityCommand, type GetEmailIdentityCommandOutput, NotFoundException } from '@aws-sdk/client-sesv2'
import type { IdentityFacts, SesIdentity } from '../../core/base/identity.ts'
import type { ControlPlane } from './control-plane.ts'

export function sesIdentity(controlPlane: ControlPlane): SesIdentity {
  return {
    async facts(domain) {
      try {
        const command = new GetEmailIdentityCommand({ EmailIdentity: domain })
        return identityFacts(domain, await controlPlane.call((client) => client.send(command)))
      } catch (error) {
        if (error instanceof NotFoundException) return undefined
        throw error
      }
    },
  }
}

/** What SES leaves out is told as the word for nothing, which is never ready. */
const NOTHING = 'NOT_STARTED'

function identityFacts(domain: string, answer: GetEmailIdentityCommandOutput): IdentityFacts {
  const { DkimAttributes: dkim, MailFromAttributes: mailFrom } = answer
  const error = answer.VerificationInfo?.ErrorType
  return {
    identity: domain.toLowerCase(),
    verifiedForSending: answer.VerifiedForSendingStatus ?? false,
    dkim: {
      signingEnabled: dkim?.SigningEnabled ?? false,
      status: dkim?.Status ?? NOTHING,
      origin: dkim?.SigningAttributesOrigin ?? 'UNKNOWN',
      ...(dkim?.Tokens === undefined ? {} : { tokens: dkim.Tokens }),
      ...(error === undefined ? {} : { error }),
    },
    ...(mailFrom?.MailFromDomain !== undefined && {
      mailFrom: {
        domain: mailFrom.MailFromDomain,
        status: mailFrom.MailFromDomainStatus ?? NOTHING,
        behaviour: mailFrom.BehaviorOnMxFailure ?? 'UNKNOWN',
      },
    }),
  }
}
