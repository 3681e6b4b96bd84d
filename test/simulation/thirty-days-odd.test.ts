// Thirty days of the shift by the odd seeds; see thirty-days.ts.
import { thirtyDays } from './thirty-days.ts'

thirtyDays(1)
