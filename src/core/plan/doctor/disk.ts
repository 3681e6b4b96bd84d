// The data folder, its disk and the log file: whether what is said to be safe is safe.
import { alike, say } from '../finding.ts'
import type { Plan } from '../plan.ts'
import { fault, unknown, warn, well, type Diagnosis } from './diagnosis.ts'
import type { FolderFacts, LogFacts, SyncFacts } from './facts.ts'

type Folder = Extract<FolderFacts, { kind: 'folder' }>

/** statfs(2): file systems that lie in memory and are gone at a restart. */
const IN_MEMORY: readonly number[] = [0x01021994, 0x858458f6]
/** statfs(2): NFS, SMB, CIFS. LMDB maps files, and neither locks nor maps hold there (lmdb.h, caveats). */
const OVER_A_NETWORK: readonly number[] = [0x6969, 0x517b, 0xff534d42, 0xfe534d42]
/** statfs(2): overlayfs, the writable layer of a container, which dies with it. */
const OF_A_CONTAINER = 0x794c7630
/** Segments of the queue are 64 MiB and figures are a file an hour: thousands in all, so this is years. */
const INODES_MIN = 10_000
/** One sync carries many mails, but a client waits for it: over this, 250 comes noticeably late. */
const SLOW_SYNC_MS = 50
/** Over this a loaded gateway answers 4xx more than 250. */
const BROKEN_SYNC_MS = 1_000
/** No disk writes that fast; a cache without a battery says it does. */
const IMPOSSIBLE_SYNC_MS = 0.01
const MEBI = 1_048_576

export function dataFindings(data: FolderFacts, plan: Plan | undefined): readonly Diagnosis[] {
  const where = data.folder
  if (data.kind === 'unusable') {
    return fault(
      { id: 'data-folder', where },
      say(`the data folder cannot be used (${data.code})`, `データフォルダーが使えません (${data.code})`),
      say(
        `Make it for the user of the gateway: install -d -m 750 -o watari ${where}.`,
        `ゲートウェイのユーザーで作ってください: install -d -m 750 -o watari ${where}`,
      ),
    )
  }
  return [owner(data), fileSystem(data), space(data, plan), inodes(data), sync(data.sync, where)].flat()
}

function owner({ folder: where, mode, ownerId, ownId, foreign }: Folder): readonly Diagnosis[] {
  const id = 'data-folder'
  const octal = (mode & 0o777).toString(8)
  if (ownerId !== ownId && ownId !== 0) {
    return fault(
      { id, where },
      say(
        `it belongs to uid ${ownerId}, and this is uid ${ownId}`,
        `所有者は uid ${ownerId}、実行は uid ${ownId} です`,
      ),
      say('Run as its owner, or chown -R it.', '所有者のユーザーで実行するか、chown -R してください。'),
    )
  }
  if (foreign.length > 0) {
    return fault(
      { id, where },
      say(
        `other users own files in it: ${foreign.join(', ')}`,
        `別のユーザーのファイルがあります: ${foreign.join(', ')}`,
      ),
      say(
        'Somebody ran watari as another user, often root. chown -R them to the owner of the folder.',
        '別のユーザー (多くは root) で実行されています。フォルダーの所有者に chown -R してください。',
      ),
    )
  }
  if ((mode & 0o007) !== 0) {
    return fault(
      { id, where },
      say(
        `everybody may look into it (mode ${octal}): mails and keys lie here`,
        `誰でも読めます (モード ${octal})。メールと鍵があります`,
      ),
      alike(`chmod 750 ${where}`),
    )
  }
  return well({ id, where }, say(`owner and mode ${octal} are right`, `所有者とモード ${octal} は正しい`))
}

function fileSystem({ folder: where, fileSystem: kind }: Folder): readonly Diagnosis[] {
  const id = 'file-system'
  if (IN_MEMORY.includes(kind)) {
    return fault(
      { id, where },
      say(
        'it lies in memory: a restart of the machine loses every mail in it',
        'メモリー上です。再起動で全メールが消えます',
      ),
      say('Put it on a disk.', 'ディスク上に置いてください。'),
    )
  }
  if (OVER_A_NETWORK.includes(kind)) {
    return fault(
      { id, where },
      say(
        'it lies on a network file system, where locks and mapped files do not hold',
        'ネットワークファイルシステム上で、ロックとメモリーマップが保証されません',
      ),
      say(
        'Put it on a disk of this machine, or on a block device (EBS).',
        'ローカルディスクかブロックデバイス (EBS) に置いてください。',
      ),
    )
  }
  if (kind === OF_A_CONTAINER) {
    return warn(
      { id, where },
      say('it lies in the layer of a container, and goes with it', 'コンテナーの層の上で、コンテナーと共に消えます'),
      say('Mount a volume there.', 'ボリュームをマウントしてください。'),
    )
  }
  return well({ id, where }, say('lies on a disk of this machine', 'このマシンのディスク上にあります'))
}

function space({ folder: where, freeOctets }: Folder, plan: Plan | undefined): readonly Diagnosis[] {
  const id = 'free-space'
  const free = Math.floor(freeOctets / MEBI)
  if (plan === undefined) return unknown({ id, where }, alike(`${free} MiB`))
  const { freeDiskOctets, queueDiskOctets } = plan.gateway.limits
  const least = Math.ceil(freeDiskOctets / MEBI)
  const wanted = Math.ceil((freeDiskOctets + queueDiskOctets) / MEBI)
  if (free < least) {
    return fault(
      { id, where },
      say(
        `${free} MiB are free, under freeDiskOctets (${least} MiB): all mail is answered 4xx`,
        `空き ${free} MiB は freeDiskOctets (${least} MiB) 未満で、全メールに 4xx を返します`,
      ),
      say('Free space, or give it a larger disk.', '空きを作るか、大きいディスクにしてください。'),
    )
  }
  if (free < wanted) {
    return warn(
      { id, where },
      say(
        `${free} MiB are free; a full queue and its reserve want ${wanted} MiB`,
        `空き ${free} MiB。満杯のキューと予備には ${wanted} MiB 要ります`,
      ),
      say(
        'Give it a larger disk, or lower gateway.limits.queueDiskOctets.',
        'ディスクを増やすか gateway.limits.queueDiskOctets を下げてください。',
      ),
    )
  }
  return well({ id, where }, say(`${free} MiB are free`, `空き ${free} MiB`))
}

function inodes({ folder: where, freeInodes, inodes: all }: Folder): readonly Diagnosis[] {
  const id = 'free-inodes'
  // btrfs and others make inodes as they go, and say 0 of 0.
  if (all === 0)
    return well({ id, where }, say('this file system has no fixed number', '上限のないファイルシステムです'))
  if (freeInodes >= INODES_MIN) return well({ id, where }, say(`${freeInodes} are free`, `空き ${freeInodes}`))
  return fault(
    { id, where },
    say(`${freeInodes} of ${all} inodes are free`, `inode の空きは ${all} 中 ${freeInodes} です`),
    say(
      'Remove small files, or make the file system anew with more inodes.',
      '小さいファイルを減らすか、inode を増やして作り直してください。',
    ),
  )
}

function sync(facts: SyncFacts, where: string): readonly Diagnosis[] {
  const id = 'fsync'
  if (facts.kind === 'failed') {
    return fault(
      { id, where },
      say(`a file could not be written and synced (${facts.code})`, `書き込みと同期に失敗しました (${facts.code})`),
      say(
        'No mail can be taken. Look at the disk and its mount options.',
        'メールを受け取れません。ディスクとマウントを確認してください。',
      ),
    )
  }
  const p95 = facts.p95Ms < 1 ? facts.p95Ms.toFixed(3) : facts.p95Ms.toFixed(1)
  const took = say(
    `95 % of ${facts.count} syncs took at most ${p95} ms`,
    `${facts.count} 回の同期の 95 % が ${p95} ms 以内`,
  )
  if (facts.p95Ms > BROKEN_SYNC_MS) {
    return fault({ id, where }, took, say('The disk is overloaded or broken.', 'ディスクが過負荷か故障です。'))
  }
  if (facts.p95Ms > SLOW_SYNC_MS) {
    return warn(
      { id, where },
      took,
      say('Give the data folder a faster disk, or one of its own.', '速いディスクか専用ディスクにしてください。'),
    )
  }
  if (facts.p95Ms < IMPOSSIBLE_SYNC_MS) {
    return warn(
      { id, where },
      say(`${took.en}: no disk is that fast`, `${took.ja}: 実際のディスクより速すぎます`),
      say(
        'A cache answers for the disk. Mails that were answered 250 can be lost when the power fails.',
        'キャッシュが応答しています。停電で 250 を返したメールが失われ得ます。',
      ),
    )
  }
  return well({ id, where }, took)
}

export function logFindings(log: LogFacts): readonly Diagnosis[] {
  const id = 'log'
  if (log.kind === 'standardError') {
    return well(
      { id, where: 'stderr' },
      say('standard error: journald or the container keeps it', '標準エラー: journald かコンテナーが保存します'),
    )
  }
  const where = log.file
  if (log.code !== undefined) {
    return fault(
      { id, where },
      say(`it may not be written (${log.code})`, `書き込めません (${log.code})`),
      say('Give its folder to the user of the gateway.', 'フォルダーをゲートウェイのユーザーのものにしてください。'),
    )
  }
  if (log.isOpen === false) {
    return fault(
      { id, where },
      say(
        'the gateway writes another file: it was moved away without a signal',
        'ゲートウェイは別のファイルに書いています。シグナルなしで移動されました',
      ),
      say(
        'kill -HUP the gateway, and put that into postrotate (packaging/logrotate).',
        'ゲートウェイに kill -HUP し、postrotate に書いてください (packaging/logrotate)。',
      ),
    )
  }
  if (log.rotatedBy === undefined) {
    return warn(
      { id, where },
      say(
        'no file of logrotate names it: it grows until the disk is full',
        'logrotate の設定にありません。ディスクが満杯になるまで増えます',
      ),
      say(
        'Install packaging/logrotate as /etc/logrotate.d/watari.',
        'packaging/logrotate を /etc/logrotate.d/watari に置いてください。',
      ),
    )
  }
  return well(
    { id, where },
    say(`may be written, rotated by ${log.rotatedBy}`, `書き込み可、ローテーションは ${log.rotatedBy}`),
  )
}
