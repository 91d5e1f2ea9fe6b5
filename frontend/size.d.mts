export const BUDGET: { loader: number; chat: number; total: number };
export function measure(): {
  files: { name: string; catalogue: boolean; raw: number; br: number; gz: number }[];
  loader: number;
  chat: number;
  total: number;
};
