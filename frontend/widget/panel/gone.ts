/** Whether the site is still there, asked so that no console hears of it when it is not. */

const NOBODYS = 'data-site=""';

/**
 * The frame's own page answers also for a site that is gone, and then names none: pages that
 * still have the widget of a closed account must show no error.
 */
export async function siteIsGone(): Promise<boolean> {
  try {
    const page = await fetch(location.pathname, { cache: "no-store", credentials: "omit" });
    return (await page.text()).includes(NOBODYS);
  } catch {
    // No network is no sign that anything is gone.
    return false;
  }
}

/** Whether this page was made for nobody's site. */
export const isNobodys = (): boolean => document.documentElement.dataset.site === "";
