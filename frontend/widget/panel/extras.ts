/**
 * What most visits need not: loaded in one piece when the first of them is wanted, for three
 * small files would weigh more than one.
 */
export { EmailCard } from "./email";
export { Embeds } from "./embed";
export { Privacy } from "./privacy";
