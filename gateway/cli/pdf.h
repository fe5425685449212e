/* pdf.h - a page on paper: HTML to PDF by a program of Debian's, when one is there. */
#ifndef GATEWAY_CLI_PDF_H
#define GATEWAY_CLI_PDF_H

/* 0, or an exit status after saying what went wrong; EX_UNAVAILABLE: what to install. */
int pdf_print(const char *html, const char *pdf);
#endif
