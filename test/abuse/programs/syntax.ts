import type { Attack } from './attack.ts'

/** Whole files, without the prelude: what the interpreter does before the first statement. */
export const WHOLE_FILES: readonly Attack[] = [
  {
    id: 'deep-source',
    what: 'source nested too deep is a failure of the program',
    program: `${'('.repeat(20_000)}${')'.repeat(20_000)}\n`,
    ends: ['code', 'signal', 'limit.memory', 'limit.output'],
  },
  {
    id: 'huge-compile-output',
    what: 'source that takes long to compile ends by a limit',
    program: `x = ${'-'.repeat(200_000)}1\n`,
    ends: ['code', 'signal', 'limit.memory', 'limit.time'],
  },
  {
    id: 'constant-folding',
    what: 'a constant that the compiler would compute is no way around the limits',
    program: 'x = 9 ** 9 ** 9\n',
    ends: ['limit.time', 'limit.memory', 'code'],
  },
  { id: 'no-program', what: 'an empty file prints nothing', program: '', ends: 'nothing' },
  {
    id: 'other-encoding',
    what: 'a file that claims another encoding is read or refused by the interpreter alone',
    program: '# coding: rot13\ncevag("uryyb")\n',
    ends: ['code', 'passed', 'nothing'],
  },
  { id: 'another-interpreter', what: 'the first line chooses no interpreter', program: '#!/bin/sh\nexit 0\n', ends: 'code' },
  {
    id: 'carriage-returns',
    what: 'line ends of other systems are the interpreter’s own business',
    program: 'print("hello")\r\n',
    ends: 'passed',
  },
]
