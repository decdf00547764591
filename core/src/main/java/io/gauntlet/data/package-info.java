/**
 * Labelled data and the readers that bring it in from files.
 *
 * <table><caption>Which reader</caption>
 * <tr><th>format</th><th>reader</th><th>expects</th><th>values</th></tr>
 * <tr><td>any of these</td><td>{@link io.gauntlet.data.DataFiles}</td><td>a name that tells the
 * format</td><td>as below</td></tr>
 * <tr><td>IDX (MNIST), .gz or not</td><td>{@link io.gauntlet.data.IdxFiles}</td><td>images and
 * labels files of unsigned bytes; 1xHxW</td><td>0 to 255 mapped onto a range</td></tr>
 * <tr><td>NPZ</td><td>{@link io.gauntlet.data.NpzFiles}</td><td>{@code x} of shape (n, …), {@code y}
 * of shape (n); also writes them</td><td>as they are, checked</td></tr>
 * <tr><td>NPY</td><td>{@link io.gauntlet.data.NpyFiles}</td><td>the same as two files</td><td>as they
 * are, checked</td></tr>
 * <tr><td>CSV, .gz or not</td><td>{@link io.gauntlet.data.CsvFiles}</td><td>numeric columns and a
 * label column; from a file or a stream</td><td>checked, scaled on request</td></tr>
 * <tr><td>CIFAR-10, CIFAR-100</td><td>{@link io.gauntlet.data.CifarFiles}</td><td>the binary
 * version; 3x32x32</td><td>0 to 255 mapped onto a range</td></tr>
 * <tr><td>PNG</td><td>{@link io.gauntlet.data.ImageFolders}</td><td>one folder per class; grey or
 * RGB; CxHxW</td><td>black to white mapped onto a range</td></tr>
 * </table>
 *
 * <p>Readers repair nothing and guess nothing: whatever is cut off, out of shape, NaN or out of
 * range is a {@link io.gauntlet.data.DataException} that names file, place, rule and value. A
 * header's claim is held against the size of the file before memory is set aside for it.
 */
@NullMarked
package io.gauntlet.data;

import org.jspecify.annotations.NullMarked;
