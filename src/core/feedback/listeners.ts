// Who hears of changes: the writer of reports to the sender, and the suppression list. Each is told at least once, also after a
// crash, so each must bear to hear the same again; what it could not do is told again later.
import type { News } from './change.ts'
import type { EventRecipient, FeedbackEvent } from './event.ts'

/**
 * Told of an event and those of its recipients that it is news of. Resolves when what follows is durable; rejects to hear it
 * again later.
 */
export type FeedbackListener = (event: FeedbackEvent, recipients: readonly EventRecipient[]) => Promise<void>

export type FeedbackListeners = Readonly<Partial<Record<News, FeedbackListener>>>
