// The answers of `watari check` for other programs, read by those: SARIF by the object model that was made from its schema,
// JUnit by Python's XML parser. The program is the one that was built.
import { execFileSync, spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { describeJudged, programJudge, type Judge } from '../support/judge.ts'

const PYTHONS = ['python3', '/usr/bin/python3', '.venv/bin/python']
const python = PYTHONS.find((name) => spawnSync(name, ['-c', 'import sarif_om']).status === 0)
const SARIF_OM: Judge = {
  name: 'sarif-om',
  get: 'pip install sarif-om',
  missing: () => (python === undefined ? 'no Python here has sarif-om' : undefined),
}

function check(...options: readonly string[]): { readonly code: number | null; readonly text: string } {
  const { status, stdout, stderr } = spawnSync(
    'node',
    ['dist/cli/main.js', 'check', 'plans/goo.ne.jp.yaml', ...options],
    {
      encoding: 'utf8',
      maxBuffer: 16 * 1_048_576,
    },
  )
  // The table of prices grows old between two looks at it.
  expect(stderr).toMatch(/^(watari: warning: [^\n]+\n)?$/)
  return { code: status, text: stdout }
}

/** Builds each object by its class, which takes no property that the schema does not have and misses none it requires. */
const READ_SARIF = `
import attr, json, sys, sarif_om as om
CLASSES = {'runs': om.Run, 'tool': om.Tool, 'driver': om.ToolComponent, 'rules': om.ReportingDescriptor,
  'shortDescription': om.MultiformatMessageString, 'fullDescription': om.MultiformatMessageString, 'help': om.MultiformatMessageString,
  'defaultConfiguration': om.ReportingConfiguration, 'results': om.Result, 'message': om.Message, 'locations': om.Location,
  'physicalLocation': om.PhysicalLocation, 'artifactLocation': om.ArtifactLocation, 'region': om.Region,
  'logicalLocations': om.LogicalLocation}
def build(cls, values):
    names = {f.metadata['schema_property_name']: f.name for f in attr.fields(cls)}
    def inner(key, value):
        if isinstance(value, dict): return build(CLASSES[key], value)
        if isinstance(value, list): return [inner(key, one) for one in value]
        return value
    return cls(**{names[key]: inner(key, value) for key, value in values.items()})
log = build(om.SarifLog, json.load(sys.stdin))
run = log.runs[0]
rules = run.tool.driver.rules
print(json.dumps({'version': log.version, 'rules': len(rules), 'language': run.language,
  'levels': sorted({r.level for r in run.results}),
  'indexes': all(rules[r.rule_index].id == r.rule_id for r in run.results),
  'results': [[r.rule_id, r.locations[0].physical_location.artifact_location.uri, r.locations[0].physical_location.region.start_line] for r in run.results]}))
`

describeJudged('SARIF', SARIF_OM, () => {
  test.each(['en', 'ja'])('is read by the object model of its schema: %s', (language) => {
    const { code, text } = check('--sarif', '--lang', language)
    expect(code).toBe(3)
    const read = JSON.parse(execFileSync(python!, ['-c', READ_SARIF], { input: text }).toString()) as Record<
      string,
      unknown
    >
    expect(read).toMatchObject({ version: '2.1.0', language, indexes: true, levels: ['error', 'note', 'warning'] })
    const results = read['results'] as readonly (readonly [string, string, number])[]
    const plain = JSON.parse(check('--json').text) as { readonly findings: readonly { id: string; line: number }[] }
    expect(results).toEqual(plain.findings.map(({ id, line }) => [id, 'plans/goo.ne.jp.yaml', line]))
  })
})

const READ_JUNIT = `
import json, sys, xml.etree.ElementTree as et
root = et.parse(sys.stdin.buffer).getroot()
cases = list(root.iter('testcase'))
print(json.dumps({'root': root.tag, 'tests': int(root.get('tests')), 'failures': int(root.get('failures')), 'cases': len(cases),
  'failed': sorted(c.get('name') for c in cases if c.find('failure') is not None),
  'told': sorted(c.get('name') for c in cases if c.find('system-out') is not None)}))
`

describeJudged('JUnit', programJudge('python3', 'apt-get install python3'), () => {
  test.each(['en', 'ja'])('is read by another parser, and fails for errors alone: %s', (language) => {
    const { text } = check('--junit', '--lang', language)
    const read = JSON.parse(execFileSync('python3', ['-c', READ_JUNIT], { input: text }).toString()) as Record<
      string,
      unknown
    >
    const { findings } = JSON.parse(check('--json').text) as { findings: readonly { id: string; severity: string }[] }
    const ids = (isError: boolean) =>
      [...new Set(findings.filter((one) => (one.severity === 'error') === isError).map(({ id }) => id))].toSorted()
    expect(read).toMatchObject({ root: 'testsuites', failures: ids(true).length, failed: ids(true), told: ids(false) })
    expect(read['cases']).toBe(read['tests'])
  })
})
