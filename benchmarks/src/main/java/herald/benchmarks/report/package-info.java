/**
 * What is written at the end: JSON for programs, and a page with charts that needs nothing else.
 */
@NullMarked
package herald.benchmarks.report;

import org.jspecify.annotations.NullMarked;
