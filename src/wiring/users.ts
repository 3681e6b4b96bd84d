// The users file, for the command line.
import { usersFile, type UsersFile } from '../adapters/node/users-file.ts'

export function usersIn(file: string): UsersFile {
  return usersFile(file)
}
