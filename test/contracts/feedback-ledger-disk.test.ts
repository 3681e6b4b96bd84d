// A real disk that is full: what was said to be taken is there, what was refused is not, and the program goes on.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const WRITER = join(import.meta.dirname, 'feedback-ledger-disk.writer.ts')
/** A small disk of one's own, where the system lets users have one. */
const onSmallDisk = (folder: string, command: string) =>
  spawnSync('unshare', ['-rm', 'sh', '-c', `mount -t tmpfs -o size=6m tmpfs ${folder} && ${command}`], {
    encoding: 'utf8',
    timeout: 60_000,
  })

test(
  'a full disk refuses events, ends nothing, and takes them again when there is room',
  { timeout: 90_000 },
  (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'watari-full-'))
    try {
      context.skip(onSmallDisk(folder, 'true').status !== 0, 'this system lets nobody mount a disk of his own')
      const ballast = `dd if=/dev/zero of=${folder}/ballast bs=1k count=3000 2>/dev/null`
      const { status, stdout } = onSmallDisk(
        folder,
        `${ballast} && ${process.execPath} --import tsx ${WRITER} ${folder}`,
      )
      expect(status).toBe(0)
      const { taken, refused, owed } = JSON.parse(stdout) as { taken: number; refused: number; owed: number }
      expect(refused).toBeGreaterThan(0)
      // The one that came when there was room again.
      expect(owed).toBe(taken + 1)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
)
