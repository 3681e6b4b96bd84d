// What every order on the control channel has: who gives it and why, in words that cannot forge a line.
import type { Context } from 'hono'
import { z } from 'zod'

// Control characters in a name or reason could forge lines in whatever shows them.
export const words = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^\P{Cc}*$/u)

export const order = z.strictObject({ by: words(64), reason: words(500) })

/** Whether addresses are shown in full, and to whom: looking at people is recorded. */
export const shown = { full: z.enum(['yes', 'no']).default('no'), by: words(64).optional() }
export const NAMELESS = 'by: whoever wants to see addresses gives a name'

export async function bodyOf(context: Context): Promise<unknown> {
  try {
    return await context.req.json()
  } catch {
    return undefined
  }
}

export function bad(context: Context, why: z.ZodError | string): Response {
  const message =
    typeof why === 'string' ? why : why.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)[0]!
  return context.json({ kind: 'refused', reason: 'badValue', message }, 400)
}
