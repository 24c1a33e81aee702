import type { Evidence } from '../../../labs/kit/evidence.ts'
import { ScrollBox } from '../ui/ScrollBox.tsx'
import type { Words } from '../words.ts'
import { visible } from './visible.ts'

/** Rows as the check saw them; cells that differ from what was expected are marked by sign and word too. */
export const TableView = ({ evidence, words }: { evidence: Extract<Evidence, { kind: 'table' }>; words: Words }) => {
  const differs = new Set((evidence.differing ?? []).map(([row, column]) => `${row}.${column}`))
  return (
    <ScrollBox label={words.evidence.kinds.table}>
      <table>
        <thead>
          <tr>
            {evidence.columns.map((column, index) => (
              <th key={index} scope="col">
                {visible(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {evidence.rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, column) => (
                <td key={column} class={differs.has(`${at}.${column}`) ? 'differs' : typeof cell === 'number' ? 'number' : ''}>
                  {visible(String(cell))}
                  {differs.has(`${at}.${column}`) && <span class="sr-only"> ({words.evidence.differs})</span>}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  )
}
