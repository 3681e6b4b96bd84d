// The operations on the account and on its suppression list.
import { addressFault } from './addresses.ts'
import { ApiError, badRequest, notFound, readShape } from './api-errors.ts'
import * as shapes from './api-shapes.ts'
import { pageOf } from './pages.ts'
import type { Account } from './state.ts'

export function accountAnswer(account: Account): object {
  const { settings } = account
  return {
    DedicatedIpAutoWarmupEnabled: false,
    EnforcementStatus: account.suspended ? 'SHUTDOWN' : account.reputation.status(),
    ProductionAccessEnabled: !settings.sandbox,
    SendQuota: {
      Max24HourSend: settings.max24HourSend,
      MaxSendRate: settings.maxSendRate,
      SentLast24Hours: account.day.total(account.clock.now()),
    },
    SendingEnabled: account.sendingEnabled && !account.suspended && account.reputation.status() !== 'SHUTDOWN',
    SuppressionAttributes: { SuppressedReasons: account.suppressedReasons },
    Details: account.details,
    VdmAttributes: { VdmEnabled: 'DISABLED' },
  }
}

export function putAccountSending(account: Account, body: unknown): object {
  account.sendingEnabled = readShape(shapes.SENDING_OPTIONS, body).SendingEnabled ?? false
  return {}
}

export function putAccountSuppression(account: Account, body: unknown): object {
  account.suppressedReasons = readShape(shapes.PUT_ACCOUNT_SUPPRESSION, body).SuppressedReasons ?? []
  return {}
}

/** Asks for production access. The review stays open until a knob closes it, as a person at AWS would. */
export function putAccountDetails(account: Account, body: unknown): object {
  const { ProductionAccessEnabled: _wanted, ...details } = readShape(shapes.PUT_ACCOUNT_DETAILS, body)
  if (account.details?.ReviewDetails.Status === 'PENDING') {
    throw new ApiError({
      status: 409,
      type: 'ConflictException',
      message: 'A review of the account details is already in progress.',
    })
  }
  account.details = { ...details, ReviewDetails: { Status: 'PENDING', CaseId: '17000000001' } }
  return {}
}

/** The answer of the review; granting it ends the sandbox. */
export function closeReview(account: Account, status: 'GRANTED' | 'DENIED'): void {
  if (account.details)
    account.details = { ...account.details, ReviewDetails: { ...account.details.ReviewDetails, Status: status } }
  if (status === 'GRANTED') account.settings.sandbox = false
}

export function putSuppressed(account: Account, body: unknown): object {
  const { EmailAddress: address, Reason: reason } = readShape(shapes.PUT_SUPPRESSED, body)
  if (account.settings.sandbox)
    throw badRequest('The account must have production access to change the suppression list.')
  if (addressFault(address.trim(), 'accept')) throw badRequest(`Invalid email address <${address}>.`)
  account.suppression.put({ address, reason, updatedAt: account.clock.now() })
  return {}
}

export function suppressedAnswer(account: Account, address: string): object {
  const entry = account.suppression.get(address)
  if (entry === undefined) throw notSuppressed(address)
  const { messageId, feedbackId } = entry
  return {
    SuppressedDestination: {
      EmailAddress: entry.address,
      Reason: entry.reason,
      LastUpdateTime: entry.updatedAt / 1_000,
      Attributes: messageId === undefined ? undefined : { MessageId: messageId, FeedbackId: feedbackId },
    },
  }
}

const notSuppressed = (address: string): Error =>
  notFound(`Email address ${address} does not exist on your suppression list.`)

export function deleteSuppressed(account: Account, address: string): object {
  if (!account.suppression.remove(address)) throw notSuppressed(address)
  return {}
}

/** `reasons` may come many times in the query. */
export function listSuppressed(
  account: Account,
  query: Readonly<Record<string, string>>,
  reasons: readonly string[],
): object {
  const unknown = reasons.find((reason) => !shapes.REASON.safeParse(reason).success)
  if (unknown !== undefined) throw badRequest(`Invalid suppression list reason ${unknown}.`)
  const from = instantOf(query['StartDate']) ?? Number.NEGATIVE_INFINITY
  const to = instantOf(query['EndDate']) ?? Number.POSITIVE_INFINITY
  const wanted = [...account.suppression.all()].filter(
    (entry) =>
      (reasons.length === 0 || reasons.includes(entry.reason)) && entry.updatedAt >= from && entry.updatedAt < to,
  )
  const page = pageOf(wanted, query)
  return {
    SuppressedDestinationSummaries: page.items.map((entry) => ({
      EmailAddress: entry.address,
      Reason: entry.reason,
      LastUpdateTime: entry.updatedAt / 1_000,
    })),
    NextToken: page.next,
  }
}

/** A query timestamp: ISO 8601 by protocol rest-json. */
function instantOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const instant = Date.parse(text)
  if (Number.isNaN(instant)) throw badRequest(`Invalid timestamp ${text}.`)
  return instant
}
