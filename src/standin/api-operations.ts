// The control operations of the SESv2 API as a table: name, method, path, and what does it.
import * as accounts from './account-operations.ts'
import * as sets from './configuration-sets.ts'
import * as identities from './identities.ts'
import { pageOf } from './pages.ts'

export interface Call {
  readonly parts: identities.IdentityParts
  /** A part of the path, decoded. */
  readonly param: (name: string) => string
  readonly query: Readonly<Record<string, string>>
  /** All values of a query parameter that may be repeated. */
  readonly queries: (name: string) => readonly string[]
  /** The JSON of the request; throws what the service answers when it is none. */
  readonly body: () => unknown
}

export interface Operation {
  readonly name: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly run: (call: Call) => object | Promise<object>
}

const op = (name: string, method: Operation['method'], path: string, run: Operation['run']): Operation => ({
  name,
  method,
  path: `/v2/email${path}`,
  run,
})

type Query = Readonly<Record<string, string>>

function listIdentities({ account }: identities.IdentityParts, query: Query): object {
  const page = pageOf([...account.identities.values()], query)
  return { EmailIdentities: page.items.map(identities.identitySummary), NextToken: page.next }
}

function listSets({ account }: identities.IdentityParts, query: Query): object {
  const page = pageOf([...account.configurationSets.keys()], query)
  return { ConfigurationSets: page.items, NextToken: page.next }
}

/** PageSize and NextToken of a list that is asked for by POST, as the words that a query has. */
function pageQuery(body: unknown): Query {
  const fields = typeof body === 'object' && body !== null ? Object.entries(body) : []
  return Object.fromEntries(fields.flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])))
}

const ACCOUNT: readonly Operation[] = [
  op('GetAccount', 'GET', '/account', ({ parts }) => accounts.accountAnswer(parts.account)),
  op('PutAccountSendingAttributes', 'PUT', '/account/sending', ({ parts, body }) =>
    accounts.putAccountSending(parts.account, body()),
  ),
  op('PutAccountSuppressionAttributes', 'PUT', '/account/suppression', ({ parts, body }) =>
    accounts.putAccountSuppression(parts.account, body()),
  ),
  op('PutAccountDetails', 'POST', '/account/details', ({ parts, body }) =>
    accounts.putAccountDetails(parts.account, body()),
  ),
]

const LIST = '/suppression/addresses'
const SUPPRESSION: readonly Operation[] = [
  op('PutSuppressedDestination', 'PUT', LIST, ({ parts, body }) => accounts.putSuppressed(parts.account, body())),
  op('ListSuppressedDestinations', 'GET', LIST, ({ parts, query, queries }) =>
    accounts.listSuppressed(parts.account, query, queries('Reason')),
  ),
  op('GetSuppressedDestination', 'GET', `${LIST}/:address`, ({ parts, param }) =>
    accounts.suppressedAnswer(parts.account, param('address')),
  ),
  op('DeleteSuppressedDestination', 'DELETE', `${LIST}/:address`, ({ parts, param }) =>
    accounts.deleteSuppressed(parts.account, param('address')),
  ),
]

const ONE = '/identities/:name'
const IDENTITIES: readonly Operation[] = [
  op('CreateEmailIdentity', 'POST', '/identities', ({ parts, body }) => identities.createIdentity(parts, body())),
  op('ListEmailIdentities', 'GET', '/identities', ({ parts, query }) => listIdentities(parts, query)),
  // Since 2026 the SDK asks by POST, with what was the query in the body; the CLI still asks by GET.
  op('ListEmailIdentities', 'POST', '/list-identities', ({ parts, body }) => listIdentities(parts, pageQuery(body()))),
  op('GetEmailIdentity', 'GET', ONE, ({ parts, param }) =>
    identities.identityAnswer(identities.identityNamed(parts.account, param('name'))),
  ),
  op('DeleteEmailIdentity', 'DELETE', ONE, ({ parts, param }) => identities.deleteIdentity(parts, param('name'))),
  op('PutEmailIdentityDkimAttributes', 'PUT', `${ONE}/dkim`, ({ parts, param, body }) =>
    identities.putDkim(parts, param('name'), body()),
  ),
  op('PutEmailIdentityDkimSigningAttributes', 'PUT', `${ONE}/dkim/signing`, ({ parts, param, body }) =>
    identities.putDkimSigning(parts, param('name'), body()),
  ),
  op('PutEmailIdentityMailFromAttributes', 'PUT', `${ONE}/mail-from`, ({ parts, param, body }) =>
    identities.putMailFrom(parts, param('name'), body()),
  ),
  op('PutEmailIdentityFeedbackAttributes', 'PUT', `${ONE}/feedback`, ({ parts, param, body }) =>
    identities.putFeedback(parts, param('name'), body()),
  ),
  op('PutEmailIdentityConfigurationSetAttributes', 'PUT', `${ONE}/configuration-set`, ({ parts, param, body }) =>
    identities.putIdentitySet(parts, param('name'), body()),
  ),
]

const SET = '/configuration-sets/:name'
const SETS: readonly Operation[] = [
  op('CreateConfigurationSet', 'POST', '/configuration-sets', ({ parts, body }) =>
    sets.createSet(parts.account, body()),
  ),
  op('ListConfigurationSets', 'GET', '/configuration-sets', ({ parts, query }) => listSets(parts, query)),
  op('ListConfigurationSets', 'POST', '/list-configuration-sets', ({ parts, body }) =>
    listSets(parts, pageQuery(body())),
  ),
  op('GetConfigurationSet', 'GET', SET, ({ parts, param }) =>
    sets.setAnswer(sets.setNamed(parts.account, param('name'))),
  ),
  op('DeleteConfigurationSet', 'DELETE', SET, ({ parts, param }) => sets.deleteSet(parts.account, param('name'))),
  op('PutConfigurationSetSendingOptions', 'PUT', `${SET}/sending`, ({ parts, param, body }) =>
    sets.putSending(parts.account, param('name'), body()),
  ),
  op('PutConfigurationSetSuppressionOptions', 'PUT', `${SET}/suppression-options`, ({ parts, param, body }) =>
    sets.putSuppression(parts.account, param('name'), body()),
  ),
  op('PutConfigurationSetDeliveryOptions', 'PUT', `${SET}/delivery-options`, ({ parts, param, body }) =>
    sets.putDelivery(parts.account, param('name'), body()),
  ),
  op('PutConfigurationSetReputationOptions', 'PUT', `${SET}/reputation-options`, ({ parts, param, body }) =>
    sets.putReputation(parts.account, param('name'), body()),
  ),
]

const EVENTS = `${SET}/event-destinations`
const DESTINATIONS: readonly Operation[] = [
  op('CreateConfigurationSetEventDestination', 'POST', EVENTS, ({ parts, param, body }) =>
    sets.createDestination(parts.account, param('name'), body()),
  ),
  op('GetConfigurationSetEventDestinations', 'GET', EVENTS, ({ parts, param }) => ({
    EventDestinations: [...sets.setNamed(parts.account, param('name')).eventDestinations.values()],
  })),
  op('UpdateConfigurationSetEventDestination', 'PUT', `${EVENTS}/:destination`, ({ parts, param, body }) =>
    sets.updateDestination(parts.account, { set: param('name'), name: param('destination') }, body()),
  ),
  op('DeleteConfigurationSetEventDestination', 'DELETE', `${EVENTS}/:destination`, ({ parts, param }) =>
    sets.deleteDestination(parts.account, { set: param('name'), name: param('destination') }),
  ),
]

export const OPERATIONS: readonly Operation[] = [...ACCOUNT, ...SUPPRESSION, ...IDENTITIES, ...SETS, ...DESTINATIONS]
