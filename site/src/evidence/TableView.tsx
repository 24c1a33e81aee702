import type { Evidence } from '../../../labs/kit/evidence.ts'
import { ScrollBox } from '../ui/ScrollBox.tsx'
import type { Words } from '../words.ts'
import { visible } from './visible.ts'

/** Rows as the check saw them; cells that differ from what was expected are marked by sign and word too. */
export const TableView = ({ evidence, title, words }: { evidence: Extract<Evidence, { kind: 'table' }>; title: string; words: Words }) => {
  const differs = new Set((evidence.differing ?? []).map(([row, column]) => `${row}.${column}`))
  const isNumber = (column: number): boolean => evidence.rows.length > 0 && evidence.rows.every((row) => typeof row[column] === 'number')
  return (
    <ScrollBox label={title}>
      <table>
        <thead>
          <tr>
            {evidence.columns.map((column, index) => (
              <th key={index} scope="col" class={isNumber(index) ? 'number' : ''}>
                {visible(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {evidence.rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, column) => {
                const isDifferent = differs.has(`${at}.${column}`)
                return (
                  <td key={column} class={[isDifferent && 'differs', typeof cell === 'number' && 'number'].filter(Boolean).join(' ')}>
                    {visible(String(cell))}
                    {isDifferent && <span class="sr-only"> ({words.evidence.differs})</span>}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  )
}
