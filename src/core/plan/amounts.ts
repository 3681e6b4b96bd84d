// Numbers as the sums of findings show them: digits in groups, units behind. Alike in both languages and on every machine.

/** `5,300,000`: whole, because nobody sends a third of a mail. */
export function count(value: number): string {
  return String(Math.round(value)).replaceAll(/\B(?=(\d{3})+$)/g, ',')
}

/** `¥2,385,000`; under ten yen with what is behind the point: `¥0.015`. */
export function yen(value: number): string {
  return `¥${value < 10 ? short(value) : count(value)}`
}

/** `$15,900`, `$7,955.80`; under ten dollars with what is behind the point: `$0.0001`. */
export function dollars(value: number): string {
  if (value < 10) return `$${short(value)}`
  const [whole = '', cents = ''] = value.toFixed(2).split('.')
  return `$${count(Number(whole))}${cents === '00' ? '' : `.${cents}`}`
}

/** `21.0 %`. */
export function percentText(value: number): string {
  return `${value.toFixed(1)} %`
}

/** At most six places, no zeros at the end. */
export function short(value: number): string {
  return String(Number(value.toFixed(6)))
}
