// Errors of the SESv2 API on the wire: status, `x-amzn-ErrorType`, `{"message": …}` (protocol rest-json).
import type { z } from 'zod'
import type { ApiFault } from './refusals.ts'

/** Thrown by operations, answered by the API; never leaves the stand-in otherwise. */
export class ApiError extends Error implements ApiFault {
  readonly status: number
  readonly type: string

  constructor({ status, type, message }: ApiFault) {
    super(message)
    this.status = status
    this.type = type
  }
}

export const badRequest = (message: string): ApiError =>
  new ApiError({ status: 400, type: 'BadRequestException', message })
export const notFound = (message: string): ApiError => new ApiError({ status: 404, type: 'NotFoundException', message })
export const alreadyExists = (message: string): ApiError =>
  new ApiError({ status: 400, type: 'AlreadyExistsException', message })
export const limitExceeded = (message: string): ApiError =>
  new ApiError({ status: 400, type: 'LimitExceededException', message })

/** Reads a request by its shape; a wrong type is a SerializationException, a broken constraint a BadRequestException. */
export function readShape<T extends z.ZodType>(shape: T, given: unknown): z.infer<T> {
  const input = withoutNulls(given, 0)
  const result = shape.safeParse(input)
  if (result.success) return result.data
  const issues = result.error.issues
  const wrongType = issues.find((issue) => issue.code === 'invalid_type' && valueAt(input, issue.path) !== undefined)
  if (wrongType || issues.length === 0) {
    throw new ApiError({ status: 400, type: 'SerializationException', message: 'Unexpected value type in payload' })
  }
  const count = issues.length === 1 ? '1 validation error' : `${issues.length} validation errors`
  throw badRequest(`${count} detected: ${issues.map((issue) => violation(issue, input)).join('; ')}`)
}

/** Deeper JSON than any request has. */
const DEPTH_MAX = 20

/** In this protocol a member that is null is a member left out. */
function withoutNulls(value: unknown, depth: number): unknown {
  if (depth > DEPTH_MAX || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item, depth + 1))
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([name, member]) => [name, withoutNulls(member, depth + 1)]),
  )
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], input)
}

/** In the words AWS services share. The value is left out: it may be a key. */
function violation(issue: z.core.$ZodIssue, input: unknown): string {
  const at = issue.path.map((key) => lowerFirst(String(key))).join('.')
  const constraint = (text: string): string => `Value at '${at}' failed to satisfy constraint: ${text}`
  switch (issue.code) {
    case 'invalid_type':
      return valueAt(input, issue.path) === undefined ? constraint('Member must not be null') : constraint('Wrong type')
    case 'invalid_value':
      return constraint(`Member must satisfy enum value set: [${issue.values.map(String).join(', ')}]`)
    case 'too_small':
      return constraint(`Member must have length greater than or equal to ${issue.minimum}`)
    case 'too_big':
      return constraint(`Member must have length less than or equal to ${issue.maximum}`)
    case 'invalid_format':
      return constraint(`Member must satisfy regular expression pattern: ${issue.pattern ?? issue.format}`)
    default:
      return constraint(issue.message)
  }
}

const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1)
