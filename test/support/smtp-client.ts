// A client that others wrote (nodemailer's connection), for mails whose octets and envelope are given exactly.
import SMTPConnection from 'nodemailer/lib/smtp-connection'

export interface Envelope {
  readonly from: string
  readonly to: readonly string[]
}

/** Sends a message over one connection; resolves with the server's answer, rejects with the error of the client. */
export async function sendMail(address: string, envelope: Envelope, message: string | Buffer): Promise<string> {
  return (await sendMails(address, [{ envelope, message }]))[0]!
}

export async function sendMails(
  address: string,
  mails: readonly { readonly envelope: Envelope; readonly message: string | Buffer }[],
): Promise<readonly string[]> {
  const [host, port] = address.split(':')
  const connection = new SMTPConnection({ host: host!, port: Number(port), ignoreTLS: true })
  try {
    await new Promise<void>((resolve, reject) => {
      connection.once('error', reject)
      connection.connect(() => resolve())
    })
    const answers: string[] = []
    for (const { envelope, message } of mails) answers.push(await send(connection, envelope, message))
    return answers
  } finally {
    connection.quit()
  }
}

function send(connection: SMTPConnection, { from, to }: Envelope, message: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    // BODY=8BITMIME, so that octets over 127 are announced.
    connection.send({ from, to: [...to], use8BitMime: true }, message, (error, info) => {
      if (error) reject(error)
      else resolve(info.response)
    })
  })
}
