/** What a review can be written to a file as. */
export const reportFormats = ['json', 'markdown'] as const;
export type ReportFormat = (typeof reportFormats)[number];
