// Searches the output of a whole test run, given on standard input, for pieces of private keys; passes it on and fails when
// there are any. What it looks for is what test/support/key-material.ts looks for.
const BEGINNINGS =
  /MII[A-Z][A-Za-z0-9+/]{2}IBA(?:AK[BC]|DANBgkqhkiG9w0BAQEFAAS)|MIGHAgEAMBMG|-----BEGIN (?:RSA |EC |ENCRYPTED )?PRIVATE KEY-----/
let found = 0
let rest = ''
process.stdin.setEncoding('utf8')
for await (const chunk of process.stdin) {
  process.stdout.write(chunk)
  const lines = (rest + chunk).split('\n')
  rest = lines.pop() ?? ''
  found += lines.filter((line) => BEGINNINGS.test(line)).length
}
if (BEGINNINGS.test(rest)) found += 1
if (found > 0) {
  process.stderr.write(`\n${found} lines of the output hold pieces of private keys\n`)
  process.exit(1)
}
