// Thirty days of the shift by the even seeds; see thirty-days.ts.
import { thirtyDays } from './thirty-days.ts'

thirtyDays(0)
