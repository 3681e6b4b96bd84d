// The networks that Amazon SES sends from, to tell in a receiver's report which mail was ours by SES.
// Its rule: what lies in none of them is not called SES; a network that AWS adds is missed until it stands here.
import { ipOf, isInNetwork, type Ip } from '../base/ip-network.ts'

/**
 * The SPF record of `amazonses.com`, which AWS gives as the list of its sending addresses, dedicated ones included (SES guide,
 * "ip-addresses"); as of 2025-11. SES sends by IPv4 only.
 */
const NETWORKS = [
  '199.255.192.0/22',
  '199.127.232.0/22',
  '54.240.0.0/18',
  '54.240.64.0/18',
  '69.169.224.0/20',
  '23.249.208.0/20',
  '23.251.224.0/19',
  '76.223.128.0/19',
  '76.223.176.0/20',
  '216.221.160.0/19',
  '206.55.144.0/20',
].map((text) => {
  const [address = '', bits = ''] = text.split('/')
  return { network: ipOf(address)!, bits: Number(bits) } satisfies { network: Ip; bits: number }
})

/** Whether SES sends from this address. False for what is no address. */
export function isSesAddress(text: string): boolean {
  const ip = ipOf(text)
  return ip !== undefined && NETWORKS.some(({ network, bits }) => isInNetwork(ip, network, bits))
}
