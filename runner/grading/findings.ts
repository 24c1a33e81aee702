import type { CatalogueLab } from '../../labs/kit/catalogue.ts'
import { COMMON, COMMON_EVIDENCE, SKIPPED } from '../../labs/kit/common-text.ts'
import { type Evidence, withLabels } from '../../labs/kit/evidence.ts'
import type { Answer, Finding, Localized, Tier } from '../../labs/kit/finding.ts'
import { fillBoth, type Sentences } from '../../labs/kit/text.ts'
import { Fault } from '../fault.ts'
import type { Missing } from '../sandbox/missing.ts'

/** Writes out a check's answer in both languages from the lab's text. Throws `Fault lab.broken` when the text lacks it. */
export const answered = (lab: CatalogueLab, check: string, tier: Tier, answer: Answer, ms: number): Finding => {
  const common = {
    check,
    tier,
    status: answer.status,
    ms,
    ...(answer.at ? { at: answer.at } : {}),
    ...(answer.evidence ? { evidence: answer.evidence.map((piece) => written(lab, piece)) } : {}),
  }
  const write = (entry: Localized): Localized => {
    try {
      return fillBoth(entry, answer.values)
    } catch (cause) {
      throw new Fault('lab.broken', `text of ${lab.lab.id}/${check}: ${(cause as Error).message}`, { cause })
    }
  }
  if (answer.status === 'passed') return { ...common, because: write(both(lab, check, (text) => text.passed)) }
  const { as } = answer
  const own = lab.text.en.checks[check]?.[as] === undefined ? undefined : as
  const sentence = (part: keyof Sentences): Localized | undefined => {
    if (own === undefined) return part === 'because' || part === 'hint' ? COMMON[as]?.[part] : undefined
    const en = sentencesOf(lab, 'en', check, own)?.[part]
    const ja = sentencesOf(lab, 'ja', check, own)?.[part]
    return en === undefined || ja === undefined ? undefined : { en, ja }
  }
  const because = sentence('because')
  if (because === undefined) throw new Fault('lab.broken', `text of ${lab.lab.id} has nothing for checks.${check}.${as}`)
  const optional = (part: 'expected' | 'actual' | 'hint') => {
    const entry = sentence(part)
    return entry === undefined ? {} : { [part]: write(entry) }
  }
  return { ...common, as, because: write(because), ...optional('expected'), ...optional('actual'), ...optional('hint') }
}

/** The check was not asked because another one comes first. */
export const skipped = (lab: CatalogueLab, check: string, tier: Tier, needed: string): Finding => ({
  check,
  tier,
  status: 'skipped',
  because: {
    en: SKIPPED.en.replace('{needed}', lab.text.en.checks[needed]?.title ?? needed),
    ja: SKIPPED.ja.replace('{needed}', lab.text.ja.checks[needed]?.title ?? needed),
  },
  ms: 0,
})

/** The tier cannot run here. */
export const incomplete = (check: string, tier: Tier, missing: Missing): Finding => ({
  check,
  tier,
  status: 'incomplete',
  because: {
    en: `${missing.because} ${missing.fix}`,
    ja: `${missing.ja.because}${missing.ja.fix}`,
  },
  ms: 0,
})

/** What is being done to the work now, by its key below `doing` in the lab's text. */
export const doingText = (lab: CatalogueLab, key: string): Localized => entryOf(lab, 'doing', key) ?? lacks(lab, `doing.${key}`)

/**
 * The same evidence written out: its title by its name below `evidence` in the lab's text or among the kit's own, its labels by theirs
 * below `words`. A label that is not there is the same in every language.
 */
const written = (lab: CatalogueLab, { title: name, of, ...picture }: Evidence): Evidence<Localized> => ({
  ...withLabels(picture, (label) => entryOf(lab, 'words', label) ?? label),
  ...(name === undefined ? {} : { title: entryOf(lab, 'evidence', name) ?? COMMON_EVIDENCE[name] ?? lacks(lab, `evidence.${name}`) }),
  ...(of === undefined ? {} : { of }),
})

const entryOf = ({ text }: CatalogueLab, section: 'doing' | 'evidence' | 'words', key: string): Localized | undefined => {
  const [en, ja] = [text.en[section][key], text.ja[section][key]]
  return en === undefined || ja === undefined ? undefined : { en, ja }
}

const lacks = ({ lab }: CatalogueLab, entry: string): never => {
  throw new Fault('lab.broken', `text of ${lab.id} has no ${entry}`)
}

const sentencesOf = (lab: CatalogueLab, language: 'en' | 'ja', check: string, as: string): Sentences | undefined => {
  const entry = lab.text[language].checks[check]?.[as]
  return typeof entry === 'object' ? entry : undefined
}

const both = (lab: CatalogueLab, check: string, of: (text: { title: string; passed: string }) => string): Localized => {
  const [en, ja] = [lab.text.en.checks[check], lab.text.ja.checks[check]]
  if (en === undefined || ja === undefined) throw new Fault('lab.broken', `text of ${lab.lab.id} has no check ${check}`)
  return { en: of(en), ja: of(ja) }
}
