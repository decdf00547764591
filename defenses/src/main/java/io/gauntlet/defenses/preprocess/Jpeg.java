package io.gauntlet.defenses.preprocess;

import io.gauntlet.model.Batch;
import io.gauntlet.model.ImageShape;
import io.gauntlet.model.Shape;
import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Writes every image as a JPEG and reads it again, with the encoder of the JDK.
 *
 * <p>Follows Dziugaite, Ghahramani, Roy: <a href="https://arxiv.org/abs/1608.00853">A Study of the
 * Effect of JPG Compression on Adversarial Images</a>, 2016, and Guo, Rana, Cisse, van der Maaten:
 * <a href="https://arxiv.org/abs/1711.00117">Countering Adversarial Images Using Input
 * Transformations</a>, ICLR 2018.
 *
 * <p>Rounds twice, to bytes and to multiples of the quantisation table, so that its derivative is
 * zero almost everywhere; the image is nearly the same, so that {@link #pullBack} is the identity,
 * as in Athalye, Carlini, Wagner: <a href="https://arxiv.org/abs/1802.00420">Obfuscated Gradients
 * Give a False Sense of Security</a>, ICML 2018. Grey images and red, green, blue; of the latter
 * the encoder keeps every fourth colour only.
 *
 * @param quality from 1, small, to 100, good
 */
public record Jpeg(int quality) implements Preprocessing {
  private static final float LEVELS = 255;

  /** Checks the range. */
  public Jpeg {
    if (quality < 1 || quality > 100) {
      throw new IllegalArgumentException("quality must be from 1 to 100, but was " + quality);
    }
  }

  /** The quality of Guo et al., 75. */
  public static Jpeg standard() {
    return new Jpeg(75);
  }

  @Override
  public Batch apply(Batch inputs, Shape shape, Draw draw) {
    ImageShape image = ImageShape.of(shape);
    if (image.channels() != 1 && image.channels() != 3) {
      throw new IllegalArgumentException(
          "a JPEG needs 1 channel or 3, but the images have the shape " + image);
    }
    if (inputs.rows() == 0) {
      return inputs;
    }
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ImageReader reader = ImageIO.getImageReadersByFormatName("jpeg").next();
    try {
      return inputs.editRows((row, x) -> decode(encode(x, image, writer), reader, image, x));
    } finally {
      writer.dispose();
      reader.dispose();
    }
  }

  private byte[] encode(float[] x, ImageShape image, ImageWriter writer) {
    BufferedImage picture =
        new BufferedImage(
            image.width(),
            image.height(),
            image.channels() == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
    WritableRaster pixels = picture.getRaster();
    for (int j = 0; j < x.length; j++) {
      int level = Math.round(LEVELS * Math.min(1, Math.max(0, x[j])));
      int within = j % image.area();
      pixels.setSample(within % image.width(), within / image.width(), j / image.area(), level);
    }
    ImageWriteParam options = writer.getDefaultWriteParam();
    options.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    options.setCompressionQuality(quality / 100f);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.write(null, new IIOImage(picture, null, null), options);
    } catch (IOException e) {
      throw new UncheckedIOException("memory failed as a file", e);
    }
    return bytes.toByteArray();
  }

  private static void decode(byte[] bytes, ImageReader reader, ImageShape image, float[] into) {
    try (MemoryCacheImageInputStream in =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      reader.setInput(in);
      WritableRaster pixels = reader.read(0).getRaster();
      for (int j = 0; j < into.length; j++) {
        int within = j % image.area();
        int level =
            pixels.getSample(within % image.width(), within / image.width(), j / image.area());
        into[j] = level / LEVELS;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("memory failed as a file", e);
    }
  }

  @Override
  public Batch pullBack(Batch inputs, Batch byOutput, Shape shape, Draw draw) {
    return byOutput;
  }

  @Override
  public String route() {
    return "BPDA, the identity in place of the encoder's derivative";
  }
}
