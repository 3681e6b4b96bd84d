// The operations on identities: what is kept, what starts verification anew, and what each answers.
import { addressFault, domainOf } from './addresses.ts'
import { alreadyExists, badRequest, limitExceeded, notFound, readShape } from './api-errors.ts'
import * as shapes from './api-shapes.ts'
import { byodkimKey, keyLengthOf, makeDkimKey, makeToken } from './dkim-keys.ts'
import { type Account, type DkimKey, type DkimState, type Identity, identityKey } from './state.ts'
import { DKIM_ZONE, type Verification } from './verification.ts'

/** AWS guide, "quotas". */
const IDENTITIES_MAX = 10_000

export interface IdentityParts {
  readonly account: Account
  readonly verification: Verification
  /** Puts the TXT of an Easy DKIM key into Amazon's own zone. */
  readonly publishAmazonKey: (name: string, key: DkimKey) => void
}

export function identityNamed(account: Account, name: string): Identity {
  const identity = account.identities.get(identityKey(name))
  if (identity === undefined) throw notFound(`Email identity ${name} does not exist.`)
  return identity
}

export async function createIdentity(parts: IdentityParts, body: unknown): Promise<object> {
  const { account } = parts
  const request = readShape(shapes.CREATE_IDENTITY, body)
  const name = identityKey(request.EmailIdentity.trim())
  const kind = name.includes('@') ? 'EMAIL_ADDRESS' : 'DOMAIN'
  if (addressFault(kind === 'DOMAIN' ? `a@${name}` : name, 'accept')) {
    throw badRequest(`Invalid email identity ${request.EmailIdentity}.`)
  }
  if (account.identities.has(name)) throw alreadyExists(`Email identity ${name} already exist.`)
  if (account.identities.size >= IDENTITIES_MAX) throw limitExceeded('Maximum number of identities reached.')
  const set = request.ConfigurationSetName ?? undefined
  if (set !== undefined && !account.configurationSets.has(set)) throw noSet(set)
  if (request.DkimSigningAttributes && kind !== 'DOMAIN') throw notADomain()
  const dkim = emptyDkim(account.clock.now(), kind)
  if (kind === 'DOMAIN') await setSigning(parts, dkim, request.DkimSigningAttributes ?? {})
  // Making a key takes a moment; another request may have made the identity meanwhile.
  if (account.identities.has(name)) throw alreadyExists(`Email identity ${name} already exist.`)
  const identity: Identity = {
    name,
    kind,
    verified: false,
    dkim,
    feedbackForwarding: true,
    tags: request.Tags ?? [],
    ...(set === undefined ? {} : { configurationSetName: set }),
  }
  account.identities.set(name, identity)
  parts.verification.start(identity)
  return {
    IdentityType: kind,
    VerifiedForSendingStatus: false,
    // An address is answered without them, as real calls show.
    ...(kind === 'DOMAIN' ? { DkimAttributes: dkimAnswer(dkim) } : {}),
  }
}

const noSet = (name: string): Error => notFound(`Configuration set <${name}> does not exist.`)
const notADomain = (): Error => badRequest('The EmailIdentity value must be a valid domain.')

function emptyDkim(now: number, kind: Identity['kind']): DkimState {
  return {
    origin: 'AWS_SES',
    signingEnabled: kind === 'DOMAIN',
    status: kind === 'DOMAIN' ? 'PENDING' : 'NOT_STARTED',
    tokens: [],
    nextKeyLength: kind === 'DOMAIN' ? 'RSA_2048_BIT' : 'RSA_1024_BIT',
    since: now,
  }
}

/** BYODKIM when a selector and a key are given, Easy DKIM else. The status is PENDING until DNS has been looked at. */
async function setSigning(parts: IdentityParts, dkim: DkimState, signing: shapes.DkimSigning): Promise<void> {
  const { DomainSigningSelector: selector, DomainSigningPrivateKey: privateKey } = signing
  const origin = signing.DomainSigningAttributesOrigin
  if (origin && origin !== 'EXTERNAL' && origin !== 'AWS_SES') {
    throw badRequest(`The signing attributes origin ${origin} is not offered by the stand-in.`)
  }
  if ((selector === undefined) !== (privateKey === undefined) || (origin === 'EXTERNAL' && selector === undefined)) {
    throw badRequest('DomainSigningSelector and DomainSigningPrivateKey must be given together.')
  }
  const now = parts.account.clock.now()
  if (selector !== undefined && privateKey !== undefined) {
    const key = byodkimKey(selector, privateKey)
    Object.assign(dkim, { origin: 'EXTERNAL', tokens: [selector] })
    replaceKey(dkim, key, now)
    return
  }
  const length = signing.NextSigningKeyLength ?? dkim.nextKeyLength
  const tokens = [makeToken(), makeToken(), makeToken()]
  const key = await makeDkimKey(tokens[0]!, length === 'RSA_1024_BIT' ? 1_024 : 2_048)
  for (const token of tokens) parts.publishAmazonKey(`${token}.${DKIM_ZONE}`, key)
  Object.assign(dkim, { origin: 'AWS_SES', tokens, nextKeyLength: length })
  replaceKey(dkim, key, now)
}

function replaceKey(dkim: DkimState, key: DkimKey, now: number): void {
  if (dkim.key && dkim.status === 'SUCCESS') dkim.replacedKey = dkim.key
  Object.assign(dkim, { key, status: 'PENDING', since: now, keyMadeAt: now })
}

export function putDkim({ account }: IdentityParts, name: string, body: unknown): object {
  const { SigningEnabled: enabled } = readShape(shapes.PUT_DKIM, body)
  const identity = account.identities.get(identityKey(name))
  const domain = account.identities.get(domainOf(name))
  // An address whose domain is ours: DKIM is the domain's, the call changes nothing. Both seen at the real service.
  if (name.includes('@') && domain) return {}
  if (identity === undefined || identity.kind !== 'DOMAIN') {
    throw badRequest(`Domain ${domainOf(name)} is not verified for DKIM signing.`)
  }
  identity.dkim.signingEnabled = enabled ?? false
  return {}
}

export async function putDkimSigning(parts: IdentityParts, name: string, body: unknown): Promise<object> {
  const request = readShape(shapes.PUT_DKIM_SIGNING, body)
  if (name.includes('@') || name.trim() === '') throw notADomain()
  const identity = identityNamed(parts.account, name)
  const signing = { ...request.SigningAttributes, DomainSigningAttributesOrigin: request.SigningAttributesOrigin }
  if (request.SigningAttributesOrigin === 'AWS_SES' && signing.DomainSigningSelector !== undefined) {
    throw badRequest('DomainSigningSelector is only allowed with the signing attributes origin EXTERNAL.')
  }
  await setSigning(parts, identity.dkim, signing)
  parts.verification.start(identity)
  return { DkimStatus: identity.dkim.status, DkimTokens: identity.dkim.tokens, ...hostedZone(identity.dkim) }
}

export function putMailFrom(parts: IdentityParts, name: string, body: unknown): object {
  const request = readShape(shapes.PUT_MAIL_FROM, body)
  const identity = identityNamed(parts.account, name)
  const domain = request.MailFromDomain?.toLowerCase()
  if (domain === undefined || domain === '') {
    delete identity.mailFrom
    return {}
  }
  // AWS guide, "mail-from": a subdomain of the identity's domain.
  const parent = domainOf(identity.name)
  if (addressFault(`a@${domain}`, 'accept') || !domain.endsWith(`.${parent}`)) {
    throw badRequest(
      `Provided MAIL-FROM domain <${domain}> is not subdomain of the domain of the identity <${identity.name}>.`,
    )
  }
  const onMxFailure = request.BehaviorOnMxFailure ?? 'USE_DEFAULT_VALUE'
  const same = identity.mailFrom?.domain === domain && identity.mailFrom.status === 'SUCCESS'
  identity.mailFrom = { domain, onMxFailure, status: same ? 'SUCCESS' : 'PENDING', since: parts.account.clock.now() }
  parts.verification.start(identity)
  return {}
}

export function putFeedback({ account }: IdentityParts, name: string, body: unknown): object {
  identityNamed(account, name).feedbackForwarding = readShape(shapes.PUT_FEEDBACK, body).EmailForwardingEnabled ?? false
  return {}
}

export function putIdentitySet({ account }: IdentityParts, name: string, body: unknown): object {
  const { ConfigurationSetName: set } = readShape(shapes.PUT_IDENTITY_SET, body)
  const identity = identityNamed(account, name)
  if (set === undefined || set === '') delete identity.configurationSetName
  else if (account.configurationSets.has(set)) identity.configurationSetName = set
  else throw noSet(set)
  return {}
}

export function deleteIdentity({ account }: IdentityParts, name: string): object {
  account.identities.delete(identityKey(identityNamed(account, name).name))
  return {}
}

const seconds = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms / 1_000)
const hostedZone = (dkim: DkimState): object => (dkim.origin === 'AWS_SES' ? { SigningHostedZone: DKIM_ZONE } : {})

function dkimAnswer(dkim: DkimState): object {
  return {
    SigningEnabled: dkim.signingEnabled,
    Status: dkim.status,
    ...(dkim.tokens.length > 0 ? { Tokens: dkim.tokens, ...hostedZone(dkim) } : {}),
    SigningAttributesOrigin: dkim.origin,
    ...(dkim.origin === 'AWS_SES' ? { NextSigningKeyLength: dkim.nextKeyLength } : {}),
    ...(dkim.key && dkim.origin === 'AWS_SES' ? { CurrentSigningKeyLength: keyLengthOf(dkim.key) } : {}),
    LastKeyGenerationTimestamp: seconds(dkim.keyMadeAt),
  }
}

/** The answer of GetEmailIdentity; undefined members vanish in the JSON. */
export function identityAnswer(identity: Identity): object {
  const { mailFrom, soa } = identity
  return {
    IdentityType: identity.kind,
    FeedbackForwardingStatus: identity.feedbackForwarding,
    VerifiedForSendingStatus: identity.verified,
    DkimAttributes: dkimAnswer(identity.dkim),
    MailFromAttributes: mailFrom
      ? {
          MailFromDomain: mailFrom.domain,
          MailFromDomainStatus: mailFrom.status,
          BehaviorOnMxFailure: mailFrom.onMxFailure,
        }
      : { BehaviorOnMxFailure: 'USE_DEFAULT_VALUE' },
    Policies: {},
    Tags: identity.tags,
    ConfigurationSetName: identity.configurationSetName,
    VerificationStatus: verificationStatus(identity),
    VerificationInfo: {
      LastCheckedTimestamp: seconds(identity.lastCheckedAt),
      LastSuccessTimestamp: seconds(identity.lastSuccessAt),
      ErrorType: identity.errorType,
      SOARecord: soa && {
        PrimaryNameServer: soa.primaryNameServer,
        AdminEmail: soa.adminEmail,
        SerialNumber: soa.serialNumber,
      },
    },
  }
}

export function identitySummary(identity: Identity): object {
  return {
    IdentityType: identity.kind,
    IdentityName: identity.name,
    SendingEnabled: identity.verified,
    VerificationStatus: verificationStatus(identity),
  }
}

/** A verified identity stays so whatever becomes of its DKIM. */
function verificationStatus(identity: Identity): string {
  if (identity.verified) return 'SUCCESS'
  return identity.kind === 'DOMAIN' ? identity.dkim.status : 'PENDING'
}
