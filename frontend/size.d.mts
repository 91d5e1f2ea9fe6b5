export const BUDGET: { loader: number; total: number };
export function measure(): {
  files: { name: string; catalogue: boolean; raw: number; br: number; gz: number }[];
  loader: number;
  total: number;
};
