// The operations on configuration sets and their event destinations.
import { alreadyExists, badRequest, limitExceeded, notFound, readShape } from './api-errors.ts'
import * as shapes from './api-shapes.ts'
import type { Account, ConfigurationSet, EventDestination, EventType } from './state.ts'

// AWS guide, "quotas".
const SETS_MAX = 10_000
const DESTINATIONS_MAX = 10
const DIMENSIONS_MAX = 10
const KINDS = [
  'SnsDestination',
  'EventBridgeDestination',
  'CloudWatchDestination',
  'KinesisFirehoseDestination',
  'PinpointDestination',
] as const

type Options = Readonly<Record<string, unknown>>

export function setNamed(account: Account, name: string): ConfigurationSet {
  const set = account.configurationSets.get(name)
  if (set === undefined) throw notFound(`Configuration set <${name}> does not exist.`)
  return set
}

export function createSet(account: Account, body: unknown): object {
  const request = readShape(shapes.CREATE_CONFIGURATION_SET, body)
  const name = request.ConfigurationSetName
  if (account.configurationSets.has(name)) throw alreadyExists(`Configuration set <${name}> already exists.`)
  if (account.configurationSets.size >= SETS_MAX) throw limitExceeded('Maximum number of configuration sets reached.')
  const reasons = request.SuppressionOptions?.SuppressedReasons
  account.configurationSets.set(name, {
    name,
    sendingEnabled: request.SendingOptions?.SendingEnabled ?? true,
    reputationMetricsEnabled: request.ReputationOptions?.ReputationMetricsEnabled ?? false,
    deliveryOptions: { TlsPolicy: 'OPTIONAL', ...present(request.DeliveryOptions ?? {}) },
    ...(request.TrackingOptions ? { trackingOptions: request.TrackingOptions } : {}),
    ...(reasons ? { suppressedReasons: reasons } : {}),
    eventDestinations: new Map(),
    tags: request.Tags ?? [],
  })
  return {}
}

const present = (options: Options): Options =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))

export function setAnswer(set: ConfigurationSet): object {
  return {
    ConfigurationSetName: set.name,
    TrackingOptions: set.trackingOptions,
    DeliveryOptions: set.deliveryOptions,
    ReputationOptions: {
      ReputationMetricsEnabled: set.reputationMetricsEnabled,
      LastFreshStart: set.lastFreshStartAt === undefined ? undefined : set.lastFreshStartAt / 1_000,
    },
    SendingOptions: { SendingEnabled: set.sendingEnabled },
    Tags: set.tags,
    // Left out when the account's reasons count.
    SuppressionOptions: set.suppressedReasons && { SuppressedReasons: set.suppressedReasons },
  }
}

export function deleteSet(account: Account, name: string): object {
  account.configurationSets.delete(setNamed(account, name).name)
  return {}
}

export function putSending(account: Account, name: string, body: unknown): object {
  const set = setNamed(account, name)
  const enabled = readShape(shapes.SENDING_OPTIONS, body).SendingEnabled ?? false
  // Switching a set on again starts its reputation figures afresh (API reference, LastFreshStart).
  if (enabled && !set.sendingEnabled) set.lastFreshStartAt = account.clock.now()
  set.sendingEnabled = enabled
  return {}
}

export function putSuppression(account: Account, name: string, body: unknown): object {
  const set = setNamed(account, name)
  const reasons = readShape(shapes.SUPPRESSION_OPTIONS, body).SuppressedReasons
  if (reasons === undefined) delete set.suppressedReasons
  else set.suppressedReasons = reasons
  return {}
}

export function putDelivery(account: Account, name: string, body: unknown): object {
  const set = setNamed(account, name)
  set.deliveryOptions = { TlsPolicy: 'OPTIONAL', ...present(readShape(shapes.DELIVERY_OPTIONS, body)) }
  return {}
}

export function putReputation(account: Account, name: string, body: unknown): object {
  const set = setNamed(account, name)
  set.reputationMetricsEnabled = readShape(shapes.REPUTATION_OPTIONS, body).ReputationMetricsEnabled ?? false
  return {}
}

export function createDestination(account: Account, setName: string, body: unknown): object {
  const { eventDestinations } = setNamed(account, setName)
  const request = readShape(shapes.CREATE_EVENT_DESTINATION, body)
  const name = request.EventDestinationName
  if (eventDestinations.has(name)) {
    throw alreadyExists(`Event destination <${name}> already exists in configuration set <${setName}>.`)
  }
  if (eventDestinations.size >= DESTINATIONS_MAX) throw limitExceeded('Maximum number of event destinations reached.')
  eventDestinations.set(name, destinationOf(account, name, request.EventDestination))
  return {}
}

export interface DestinationName {
  readonly set: string
  readonly name: string
}

export function updateDestination(account: Account, at: DestinationName, body: unknown): object {
  const { eventDestinations } = setNamed(account, at.set)
  const request = readShape(shapes.UPDATE_EVENT_DESTINATION, body)
  if (!eventDestinations.has(at.name)) throw noDestination(at)
  eventDestinations.set(at.name, destinationOf(account, at.name, request.EventDestination))
  return {}
}

export function deleteDestination(account: Account, at: DestinationName): object {
  if (!setNamed(account, at.set).eventDestinations.delete(at.name)) throw noDestination(at)
  return {}
}

const noDestination = ({ set, name }: DestinationName): Error =>
  notFound(`Event destination <${name}> does not exist in configuration set <${set}>.`)

function destinationOf(account: Account, name: string, given: Options): EventDestination {
  const kinds = KINDS.filter((kind) => given[kind] !== undefined)
  if (kinds.length !== 1) throw badRequest('Exactly one destination must be specified for an event destination.')
  const types = (given['MatchingEventTypes'] ?? []) as readonly EventType[]
  if (types.length === 0) throw badRequest('MatchingEventTypes must not be empty.')
  const destination: EventDestination = {
    ...(present(given) as Partial<EventDestination>),
    Name: name,
    Enabled: (given['Enabled'] as boolean | undefined) ?? false,
    MatchingEventTypes: types,
  }
  checkTarget(account, destination)
  return destination
}

/** Standard topics only, the default bus only, ten dimensions at most (AWS guide and API reference). */
function checkTarget(account: Account, destination: EventDestination): void {
  const { SnsDestination: sns, EventBridgeDestination: bus, CloudWatchDestination: cloudWatch } = destination
  if (sns && !/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/.test(sns.TopicArn)) {
    throw badRequest(`Invalid SNS topic <${sns.TopicArn}>: a standard topic's ARN is required.`)
  }
  const defaultBus = `arn:aws:events:${account.region}:${account.id}:event-bus/default`
  if (bus && bus.EventBusArn !== defaultBus) {
    throw badRequest(`Invalid event bus <${bus.EventBusArn}>: only the default event bus is supported.`)
  }
  const dimensions = (cloudWatch as { DimensionConfigurations?: unknown[] } | undefined)?.DimensionConfigurations ?? []
  if (dimensions.length > DIMENSIONS_MAX) throw limitExceeded('Maximum number of dimensions reached.')
}
