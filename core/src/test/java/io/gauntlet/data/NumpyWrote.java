package io.gauntlet.data;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipFile;

/**
 * Files that numpy 2.4.6 wrote.
 *
 * <pre>{@code
 * x = np.arange(12, dtype=np.float32).reshape(3, 2, 2) / np.float32(11)
 * np.savez("SAVEZ", x=x, y=np.array([2, 0, 1]))
 * np.savez_compressed("COMPRESSED", x=x, y=np.array([2, 0, 1]))
 *
 * for t in "f2", "f4", "f8":
 *     arrays[t] = np.array([[0, 1, 2], [3, 0.5, 5]], "<" + t); arrays[t + "_big"] likewise with ">"
 * for t in "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8":
 *     arrays[t] = np.array([[0, 1, 2], [3, 4, 5]], "<" + t); arrays[t + "_big"] likewise with ">"
 * arrays["b1"] = np.array([[0, 1, 1], [1, 0, 0]], bool)
 * arrays["column_major"] = np.asfortranarray(np.arange(24, dtype="<f4").reshape(2, 3, 4))
 * arrays["u8_large"] = np.array([[2**64 - 1, 2**63]], dtype="<u8")
 * arrays["f2_edges"] = np.array([[6e-8, 65504, -2, 0.333251953125]], dtype="<f2")
 * arrays["negative"] = np.array([[-1, -128]], dtype="i1")
 * arrays["text"] = np.array([["a", "b"]]);  arrays["complex"] = np.array([[1j]])
 * arrays["fields"] = np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f4")])
 * arrays["objects"] = np.array([[None]], dtype=object)
 * arrays["labels"] = np.array([0, 1]);  arrays["labels_in_a_column"] = np.array([[0], [1]])
 * arrays["labels_as_floats"] = np.array([0.0, 1.0]);  arrays["scalar"] = np.array(3.0)
 * arrays["no_rows"] = np.zeros((0, 3), "f4")
 * gzip.compress(np.savez(**arrays))
 * }</pre>
 */
final class NumpyWrote {
  private static final String SAVEZ =
      """
          UEsDBC0AAAAAAAAAIQCKBTvx//////////8FABQAeC5ucHkBABAAsAAAAAAAAACwAAAAAAAAAJNOVU1QWQEA
          dgB7J2Rlc2NyJzogJzxmNCcsICdmb3J0cmFuX29yZGVyJzogRmFsc2UsICdzaGFwZSc6ICgzLCAyLCAyKSwg
          fSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKAAAAAIwu
          uj2MLjo+6aKLPowuuj4vuug+6aILP7roIj+MLjo/XXRRPy+6aD8AAIA/UEsDBC0AAAAAAAAAIQCKGs4T////
          //////8FABQAeS5ucHkBABAAmAAAAAAAAACYAAAAAAAAAJNOVU1QWQEAdgB7J2Rlc2NyJzogJzxpOCcsICdm
          b3J0cmFuX29yZGVyJzogRmFsc2UsICdzaGFwZSc6ICgzLCksIH0gICAgICAgICAgICAgICAgICAgICAgICAg
          ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKAgAAAAAAAAAAAAAAAAAAAAEAAAAAAAAAUEsB
          Ai0DLQAAAAAAAAAhAIoFO/GwAAAAsAAAAAUAAAAAAAAAAAAAAIABAAAAAHgubnB5UEsBAi0DLQAAAAAAAAAh
          AIoazhOYAAAAmAAAAAUAAAAAAAAAAAAAAIAB5wAAAHkubnB5UEsFBgAAAAACAAIAZgAAALYBAAAAAA==
      """;

  private static final String COMPRESSED =
      """
          UEsDBC0AAAAIAAAAIQCKBTvx//////////8FABQAeC5ucHkBABAAsAAAAAAAAAB0AAAAAAAAAJvsF+obEMnI
          UMZQrZ6SWpxcpG6loG6TZqKuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GsY6CkZApKmjUKtAHuBi
          AIIevV22PXpWdi8XddsB2Xb6u14A2dz2u14o2QPF7WNLAu31d2XYMzA02AMAUEsDBC0AAAAIAAAAIQCKGs4T
          //////////8FABQAeS5ucHkBABAAmAAAAAAAAABKAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TaaGu
          o6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GsY6mjoKtQoUAC4mBlTACKUBUEsBAi0DLQAAAAgAAAAh
          AIoFO/F0AAAAsAAAAAUAAAAAAAAAAAAAAIABAAAAAHgubnB5UEsBAi0DLQAAAAgAAAAhAIoazhNKAAAAmAAA
          AAUAAAAAAAAAAAAAAIABqwAAAHkubnB5UEsFBgAAAAACAAIAZgAAACwBAAAAAA==
      """;

  private static final String ARRAYS =
      """
          H4sIAAAAAAACA9VZbWgcRRievY/kTNImakw/FDn1xyWQpE2M5ZTSJBVL7ZHrUY1QtJ57l02y9T7C3m2b0A+O
          UuO1HDSSDQSUEu0fEYT8qCJSsVYR/FUqflEopAoF/SGlUBEr1Jnbmeu8c9v29i5u000m791mn5153mf3nXnf
          iYTcni5kHk+gfz7OX7tJjzrUikZ7u1MTUxJqQQV6DbOz4eGhyG4J7UMHAiNKJq4FnvMHNo/2Bjr9gdG0ltXk
          VDStjSjk/DY5kVHw+cy4PKHg7+29nf6nOzr9h/xVHw14CJvRANqKguiFCOBwvavTwzg0FDlEY+qYLR5bnORR
          ooEgj2PHe3cCLfoYh3l6zfydtehzUAt85PrxnwH8ixvCnxcGIJ/IlyfWAF36eF0q4rTFWU79uSKhIqMiuQUk
          aJQcSk4BjYKMzyK9ZvHOGgWd1YgdV/vphwHT+KhdoudbBe1+m/sqBLQL8tpVxHWL81z7rwKSaMBHzy/R762m
          hVxf/OnKdV5TtYfxnKbXTN+J50G1xzGeksvt8cLRrw/PHwajtxnBVQcjn4RcyI08yCsoMHPm0jn+aVOriOBO
          8rhFRIh4p4eOAi1sRnDV0Wgn4ebCzY2bBzdv2Ztx4ccfNgNdqojgqsOzUjktyGn3uxcPAY1sRnDV8agmUeui
          1k2th1ovsopqvssX/gbaVRHB1Xs0W92dMuR6+OTP53lNdZsRXL+nEdw715wCo7cZwfUVEMFPjO34nn/a9Coi
          uL4CIvjXk77dQAubEVxfYRF867p3LgNdqojg+gqL4B2/r/oCaGQzguv3SQSfnK0LAu2qiOD6fRLBPw+pf/Ga
          xmxG8JiDEVySRKVOpV96io2+BY8+nk7oyVQ0Ke9Na4wHTUFK1k4O/7Kml9Ho9PfVwoTqNTCI83icLuWwRbgt
          DJp5fYR8xufz2Lbg9uGgmVa9ge1ZbGew9eO2OGhmyxPYLmE7j+1G3D4bhB46+cmvfzAPNZnPckLWxhTmnRl6
          5cxyvLk9nf7eGlVmY6XDyUE2dR9teIVnM9obVUbGlAxjk6dX5pejdtZTo9KYjYRuHkBnh5+BLJobr77Js0gp
          Y3JW3VfS5Ai98shyZL/LoYmgQuHU6tLc5sPjzyqTWXsKDDs2dhmPIVYW4aW57u2MQWMxbiQnEsqkvZci3rOp
          UhY9NbEoKylBMufngh+AkpGqJEZsvRKvtgdkQoXkwXik7YFY8RuOiR17KmNYMb8GOj8JZa/6T/uu8IKkY3uV
          eLZEYg1FMWv9Rux0Rg5MIueZKy2t21J6cmKqOxpPa0p3Uk9kVVnT5Cmj0BTVlHg6lclqejxrzBoFb/FKo1Cf
          GjEvmTVC6C3jeSlmvG3sMtpDEvmZNsbdBe9IdmpCISDXzqBxLG/+312QDhrhcHgHcVPxT6g/a8SO7THCMrbd
          QnK298Z3/HORkGNKImPvGa84Ea3Ro+VLNshl+ubYL4xLW4lLVE1F5ag56f9PvGp9Vu7C68/h8eOMV+stXnIm
          OppIy1mbao06rpZ1RHr2xol+/snLxGW86LA5SVfGpVYmJS4+ISKdGt+1n49IqXRUS+8vCZJjC5Tl2BnaWPvq
          OBKSXF1uuL9YoJl/HSdVrvgcmruNIobs5zFMA8B8U8SwLEjEkf2zeZrNwr4KuDdzN03EkD0qhoF9veZC3I6V
          iCP7QIs0+4J9bcSZjrkrJGLIngrDwL7WehC3wyLiyP7ENM2AYF8enDiauxUihuwKWPv9HMFY+p1U4a39Pl2H
          uJp8mQ9PDx219nu4HtEauIghlWVrvz/uQ1ydWcSR6q21368RnKXfSSXU2u8XH0BcXVTEkaqitd+/xbfRLf1O
          annWfj/aiGhlT8SQ2pm137c3Ia6SJuJIrcra7y2rEK1ciRhSD7L2+1IRc7u+SM3F2u+nVyNagRExpH5h7ff3
          mhFXzRBxpBZg7fd8C6KVARFDMvAlml23AMy2B1FZPi6iSXY6Q6e1JoAefwiBXFVEkkwwTycRiNz0MAJ5oYgk
          2dcRml1B5L8YyediIpLkPaxPH0CeaUWlLEhEkVyDcWwEqMOPID7zEIFkXc+6gzKG2hC3yhdxZC1NFsqkwQ6b
          1yB+ZV323uEFIxsp7DC+FnHLRxFHFmcM1wZwG9ah2yzVxHuQhRC7Ryu4R/16ZLksEu9AFh3W7rqE73BrCVL2
          BOOJPkdncuiu9x9F/LQfCXmLb8WT+CeOA+zrj5Fv/wFdOQN/1yMAAA==
      """;

  private NumpyWrote() {}

  static Path savez(Path folder) throws IOException {
    return Files.write(folder.resolve("savez.npz"), decode(SAVEZ));
  }

  static Path savezCompressed(Path folder) throws IOException {
    return Files.write(folder.resolve("compressed.npz"), decode(COMPRESSED));
  }

  /** One of the arrays above as a file of its own. */
  static Path array(Path folder, String name) throws IOException {
    Path all = folder.resolve("arrays.npz");
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(decode(ARRAYS)))) {
      Files.write(all, in.readAllBytes());
    }
    try (ZipFile zip = new ZipFile(all.toFile());
        InputStream in = zip.getInputStream(zip.getEntry(name + ".npy"))) {
      return Files.write(folder.resolve(name + ".npy"), in.readAllBytes());
    }
  }

  private static byte[] decode(String base64) {
    return Base64.getMimeDecoder().decode(base64);
  }
}
