// The folder where DMARC reports come in: files that somebody puts there, and mails that the drop address took.
// Read files go to `read`, others to `unreadable` with the reason in their name; both are cut to a number of files.
import { mkdir, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { DmarcInbox, Unpacked } from '../../core/feedback/dmarc-intake.ts'
import { attachmentsOf } from './mail-attachments.ts'
import { FILE_MODE, syncFolder } from './record-file.ts'
import { TEXT_OCTETS_MAX, unpacked } from './unpack.ts'

export interface FolderDmarcInbox extends DmarcInbox {
  /** Keeps a mail as it came; resolves when it is on disk. */
  keep(id: string, mail: readonly Uint8Array[]): Promise<void>
}

/** A file that somebody still writes to has changed within this time. */
const QUIET_MS = 2_000
/** Base64 takes a third more, and a mail has other parts. */
const FILE_OCTETS_MAX = TEXT_OCTETS_MAX * 2
const NAME = /^[^.].*\.(xml|gz|zip|eml)$/i
/** Kept for a person to look at; more would fill the disk on behalf of whoever sends rubbish. */
const KEPT_MAX = 1_000

export async function folderDmarcInbox(folder: string, now: () => number): Promise<FolderDmarcInbox> {
  const places = { read: join(folder, 'read'), unreadable: join(folder, 'unreadable') }
  for (const place of Object.values(places)) await mkdir(place, { recursive: true })
  return {
    async waiting(limit) {
      const names = (await readdir(folder)).filter((name) => NAME.test(name)).toSorted()
      const complete: string[] = []
      for (const name of names) {
        if (complete.length >= limit) break
        const { mtimeMs } = await stat(join(folder, name))
        if (now() - mtimeMs >= QUIET_MS) complete.push(name)
      }
      return complete
    },
    async open(name) {
      const path = join(folder, name)
      const { size } = await stat(path)
      if (size > FILE_OCTETS_MAX) return { kind: 'unreadable', reason: 'tooLarge', message: `it has ${size} octets` }
      const octets = await readFile(path)
      return name.toLowerCase().endsWith('.eml') ? fromMail(octets) : unpacked(octets)
    },
    async putAway(name) {
      await rename(join(folder, name), join(places.read, name))
      await cut(places.read)
    },
    async setAside(name, reason) {
      await rename(join(folder, name), join(places.unreadable, `${reason}-${name}`))
      await cut(places.unreadable)
    },
    async keep(id, mail) {
      const half = join(folder, `.${id}.new`)
      const file = await open(half, 'w', FILE_MODE)
      try {
        for (const chunk of mail) await file.write(chunk)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(half, join(folder, `${id}.eml`))
      syncFolder(folder)
    },
  }
}

/** All reports in a mail; one that cannot be read makes the whole mail unreadable, so that somebody looks at it. */
async function fromMail(mail: Buffer): Promise<Unpacked> {
  const texts: string[] = []
  for (const attachment of attachmentsOf(mail)) {
    const one = await unpacked(attachment)
    if (one.kind === 'unreadable') return one
    texts.push(...one.texts)
  }
  if (texts.length > 0) return { kind: 'texts', texts }
  return { kind: 'unreadable', reason: 'noAttachment', message: 'the mail has no attachment' }
}

/** The oldest go. */
async function cut(folder: string): Promise<void> {
  const names = await readdir(folder)
  if (names.length <= KEPT_MAX) return
  const ages = await Promise.all(names.map(async (name) => ({ name, at: (await stat(join(folder, name))).mtimeMs })))
  for (const { name } of ages.toSorted((a, b) => a.at - b.at).slice(0, names.length - KEPT_MAX)) {
    await unlink(join(folder, name))
  }
}
