// Which events of a configuration set go anywhere, from GetConfigurationSetEventDestinations.
import { GetConfigurationSetEventDestinationsCommand } from '@aws-sdk/client-sesv2'
import type { ControlPlane } from './control-plane.ts'

/** The event types of enabled destinations; undefined when there is no such set. Rejects when SES cannot be asked. */
export async function eventTypesOf(controlPlane: ControlPlane, name: string): Promise<readonly string[] | undefined> {
  try {
    const command = new GetConfigurationSetEventDestinationsCommand({ ConfigurationSetName: name })
    const { EventDestinations = [] } = await controlPlane.call((client) => client.send(command))
    return EventDestinations.filter(({ Enabled }) => Enabled === true).flatMap(
      ({ MatchingEventTypes = [] }) => MatchingEventTypes,
    )
  } catch (error) {
    if (error instanceof Error && error.name === 'NotFoundException') return undefined
    throw error
  }
}
