package io.gauntlet.threat;

import java.util.random.RandomGenerator;

enum Linf implements Norm {
  INSTANCE;

  private static final int SIZE = 0x7fffffff;
  private static final int INFINITE = 0x7f800000;

  @Override
  public double of(float[] delta) {
    float max = 0;
    for (float d : delta) {
      max = Math.max(max, Math.abs(d)); // Math.max hands NaN on
    }
    return max;
  }

  @Override
  public void project(float[] delta, float radius, float[] low, float[] high) {
    for (int j = 0; j < delta.length; j++) {
      delta[j] = Math.min(Math.min(radius, high[j]), Math.max(Math.max(-radius, low[j]), delta[j]));
    }
  }

  @Override
  public void steepen(float[] gradient, float length, float[] low, float[] high) {
    int step = Float.floatToRawIntBits(length);
    for (int j = 0; j < gradient.length; j++) { // signs by bits: half the branches would be missed
      int bits = Float.floatToRawIntBits(gradient[j]);
      int size = bits & SIZE;
      boolean moves = size != 0 && size <= INFINITE; // neither zero nor NaN
      gradient[j] = moves ? Float.intBitsToFloat(step | (bits & ~SIZE)) : gradient[j];
    }
    for (int j = 0; j < gradient.length; j++) { // auto-vectorises
      gradient[j] = Math.min(high[j], Math.max(low[j], gradient[j]));
    }
  }

  /** Every feature moves by one length or to its bound, whichever is nearer. */
  @Override
  public void reach(float[] gradient, double gain, float[] low, float[] high) {
    float length = (float) Slope.lengthFor(gain, gradient, low, high, g -> 1);
    steepen(gradient, length, low, high);
  }

  @Override
  public void sample(
      float[] delta, float radius, float[] low, float[] high, RandomGenerator random) {
    for (int j = 0; j < delta.length; j++) {
      delta[j] = radius * (2 * random.nextFloat() - 1);
    }
    project(delta, radius, low, high);
  }

  @Override
  public String toString() {
    return "Linf";
  }
}
