/**
 * The SQL that a database needs, as class-path resources of the files in {@code deploy/sql}: one
 * source for what is printed, what is checked and what a demo database is made of.
 */
@NullMarked
package herald.gateway.sql;

import org.jspecify.annotations.NullMarked;
