// The reports of the corpus read by Python's own XML parser and by parsedmarc: both count what we count.
// What we leave out (rows without a count) we say, and those are the only differences.
import { expect, test } from 'vitest'
import { DMARC_COUNTS, DMARC_FILES, dmarcFile, inboxWithCorpus } from '../support/dmarc-corpus.ts'
import { describeJudged, programJudge } from '../support/judge.ts'
import { askPython, pythonJudge } from '../support/python.ts'

const TREE = `
import sys, io, json, gzip, zipfile, email, xml.etree.ElementTree as ET
def unpack(raw):
    if raw[:2] == b'\\x1f\\x8b': return gzip.decompress(raw)
    if raw[:4] == b'PK\\x03\\x04':
        z = zipfile.ZipFile(io.BytesIO(raw))
        return z.read([n for n in z.namelist() if n.endswith('.xml') and not n.startswith('__')][0])
    return raw
raw = sys.stdin.buffer.read()
if sys.argv[1].endswith('.eml'):
    parts = [p for p in email.message_from_bytes(raw).walk() if not p.is_multipart() and p.get_content_type() != 'text/plain']
    raw = parts[0].get_payload(decode=True)
root = ET.fromstring(unpack(raw))
name = lambda e: e.tag.split('}')[-1]
def find(e, *path):
    for step in path: e = next((c for c in (e if e is not None else []) if name(c) == step), None)
    return (e.text or '').strip() if e is not None else None
rows = [r for r in root if name(r) == 'record']
def whole(r):
    try: return int(find(r, 'row', 'count'))
    except (TypeError, ValueError): return None
good = [r for r in rows if whole(r) is not None and '.' in find(r, 'row', 'source_ip') + ':'.replace(':', '.') and ' ' not in find(r, 'row', 'source_ip')]
def passed(r):
    verdict = find(r, 'row', 'policy_evaluated', 'dkim')
    return (verdict if verdict is not None else find(r, 'auth_results', 'dkim', 'result') or '').lower() == 'pass'
print(json.dumps([find(root, 'report_metadata', 'org_name'), len(good), len(rows) - len(good), sum(map(whole, good)), sum(whole(r) for r in good if passed(r))]))`

describeJudged('DMARC reports beside xml.etree', programJudge('python3', 'apt-get install python3'), () => {
  test.each(DMARC_FILES)('%s', (name) => {
    expect(askPython('xml.etree', TREE, dmarcFile(name), [name])).toEqual(DMARC_COUNTS[name])
  })
})

const PARSEDMARC = `
import sys, json, parsedmarc
report = parsedmarc.parse_report_file(sys.stdin.buffer.read(), offline=True)['report']
m = report['report_metadata']
rows = report['records']
print(json.dumps([m['org_name'].lower(), len(rows), sum(r['count'] for r in rows), sum(r['count'] for r in rows if r['policy_evaluated']['dkim'].lower() == 'pass')]))`

/** It takes no prefixed elements, and asks for a count, a verdict, an address and one row at least. */
const TAKEN_BY_PARSEDMARC = DMARC_FILES.filter((name) => /^0[1-5]/.test(name))

describeJudged('DMARC reports beside parsedmarc', pythonJudge('parsedmarc', 'pip install parsedmarc==11.1.0'), () => {
  test.each(TAKEN_BY_PARSEDMARC)('%s', (name) => {
    const [reporter, rows, , mails, passed] = DMARC_COUNTS[name]!
    expect(askPython('parsedmarc', PARSEDMARC, dmarcFile(name))).toEqual([reporter.toLowerCase(), rows, mails, passed])
  })

  test('a mail with a report that Python has made is opened whole', async () => {
    const MAIL = `
import sys, json, gzip
from email.message import EmailMessage
m = EmailMessage()
m['From'], m['To'], m['Subject'] = 'a@example.net', 'dmarc-reports@goo.ne.jp', 'Report Domain: goo.ne.jp'
m.set_content('本文 text')
m.add_attachment(gzip.compress(sys.stdin.buffer.read()), maintype='application', subtype='gzip', filename='レポート.xml.gz')
print(json.dumps(m.as_bytes().decode('latin-1')))`
    const report = dmarcFile('04-line-yahoo.xml')
    const mail = Buffer.from(String(askPython('parsedmarc', MAIL, report)), 'latin1')
    const { inbox, end } = await inboxWithCorpus([])
    await inbox.keep('m', [mail])
    expect(await inbox.open('m.eml')).toEqual({ kind: 'texts', texts: [report.toString('utf8')] })
    end()
  })
})
