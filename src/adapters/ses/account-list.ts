// The suppression list of the SES account, by the SESv2 API. All calls pass the control plane, one a second. Its rule: an
// address is in the request and nowhere else, so an error is told by its name and never by what was sent.
import {
  DeleteSuppressedDestinationCommand,
  ListSuppressedDestinationsCommand,
  NotFoundException,
  PutSuppressedDestinationCommand,
  SESv2ServiceException,
  type ListSuppressedDestinationsCommandOutput,
} from '@aws-sdk/client-sesv2'
import type { AccountList, AccountPage, AccountTrouble } from '../../core/feedback/suppression-list.ts'
import { readChange } from './change-outcomes.ts'
import type { ControlPlane } from './control-plane.ts'

/** The most that one page holds: https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_ListSuppressedDestinations.html */
const PAGE = 1_000
const TOKEN_REFUSED = 'InvalidNextTokenException'

export function sesAccountList(controlPlane: ControlPlane): AccountList {
  return {
    async page({ since, token }) {
      const command = new ListSuppressedDestinationsCommand({
        PageSize: PAGE,
        ...(since === undefined ? {} : { StartDate: new Date(since) }),
        ...(token === undefined ? {} : { NextToken: token }),
      })
      try {
        return pageOf(await controlPlane.call((client) => client.send(command)))
      } catch (error) {
        if (error instanceof SESv2ServiceException && error.name === TOKEN_REFUSED) return { kind: 'expired' }
        return troubleOf(error)
      }
    },
    async put(spelling, reason) {
      const command = new PutSuppressedDestinationCommand({ EmailAddress: spelling, Reason: reason })
      try {
        await controlPlane.call((client) => client.send(command))
        return { kind: 'done' }
      } catch (error) {
        return troubleOf(error)
      }
    },
    async remove(spelling) {
      const command = new DeleteSuppressedDestinationCommand({ EmailAddress: spelling })
      try {
        await controlPlane.call((client) => client.send(command))
        return { kind: 'done', found: true }
      } catch (error) {
        return error instanceof NotFoundException ? { kind: 'done', found: false } : troubleOf(error)
      }
    },
  }
}

function pageOf({
  SuppressedDestinationSummaries: summaries = [],
  NextToken: next,
}: ListSuppressedDestinationsCommandOutput): AccountPage {
  const items = summaries.flatMap(({ EmailAddress: spelling, Reason: reason, LastUpdateTime: at }) => {
    if (spelling === undefined || at === undefined) return []
    return [{ spelling, reason: reason === 'COMPLAINT' ? reason : ('BOUNCE' as const), updatedAt: at.getTime() }]
  })
  return { kind: 'page', items, ...(next === undefined || next === '' ? {} : { next }) }
}

const MENDING: Readonly<Record<string, string>> = {
  accessDenied:
    'the credentials may not touch the suppression list: allow ses:ListSuppressedDestinations, ses:PutSuppressedDestination and ses:DeleteSuppressedDestination',
  credentialsRefused: 'SES refuses the credentials: check the variables that the plan names',
  valueRefused: 'SES does not take an address, or the account is in the sandbox, where its list cannot be changed',
}

function troubleOf(error: unknown): AccountTrouble {
  if (!(error instanceof SESv2ServiceException)) {
    return { kind: 'again', reason: 'unreachable', message: 'SES gave no answer' }
  }
  const { kind, reason } = readChange({ name: error.name, message: error.message })
  const said = `SES answered ${error.name} (request ${error.$metadata.requestId ?? 'none'})`
  return { kind, reason, message: MENDING[reason] === undefined ? said : `${MENDING[reason]}; ${said}` }
}
