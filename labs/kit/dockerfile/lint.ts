import { fillBoth } from '../text.ts'
import type { Dockerfile } from './read.ts'
import type { LintOptions, Problem, Rule } from './rule.ts'
import { BUILDKIT_RULES } from './rules/buildkit.ts'
import { INSTRUCTION_RULES } from './rules/instructions.ts'
import { LABEL_RULES } from './rules/labels.ts'
import { PACKAGE_RULES } from './rules/packages.ts'
import { PROGRAM_RULES } from './rules/programs.ts'
import { STAGE_RULES } from './rules/stages.ts'

/** Every rule there is, by what hadolint and Docker's build checks call them. The code is ours. */
export const RULES: readonly Rule[] = [
  ...INSTRUCTION_RULES,
  ...STAGE_RULES,
  ...PROGRAM_RULES,
  ...PACKAGE_RULES,
  ...LABEL_RULES,
  ...BUILDKIT_RULES,
].sort((one, other) => (one.id < other.id ? -1 : 1))

/** What the rules named find (by default all but those of severity `ignore`) in a Dockerfile, in the order of its lines. Comments that switch rules off switch nothing off here. */
export const lintDockerfile = (
  dockerfile: Dockerfile,
  { rules, ...options }: LintOptions & { readonly rules?: readonly string[] } = {},
): readonly Problem[] =>
  RULES.filter(({ id, severity }) => rules?.includes(id) ?? severity !== 'ignore')
    .flatMap(({ id, source, severity, message, check }) =>
      [...check(dockerfile, options)].map(
        ({ line, values = {} }): Problem => ({ id, source, severity, line, message: fillBoth(message, values) }),
      ),
    )
    .sort((one, other) => one.line - other.line || (one.id < other.id ? -1 : 1))
