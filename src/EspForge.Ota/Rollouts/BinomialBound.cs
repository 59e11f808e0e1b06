namespace EspForge.Ota;

/// <summary>
/// Exact one-sided bounds of a failure rate after <c>failed</c> failures of <c>ended</c> devices: Clopper and Pearson, Biometrika 26 (1934), from the binomial tail
/// P(X ≤ k | p) = I(1−p; n−k, k+1), where I is the regularised incomplete beta function.
/// </summary>
public static class BinomialBound
{
    /// <summary>The rate that lies above the true one with the given confidence (0 … 1): the solution of P(X ≤ failed) = 1 − confidence. 1 when none ended or all failed.</summary>
    public static double Upper(int failed, int ended, double confidence)
    {
        Check(failed, ended, confidence);
        return failed == ended ? 1 : Solve(p => AtMost(failed, ended, p) > 1 - confidence);
    }

    /// <summary>The rate that lies below the true one with the given confidence (0 … 1): the solution of P(X ≥ failed) = 1 − confidence. 0 when none failed.</summary>
    public static double Lower(int failed, int ended, double confidence)
    {
        Check(failed, ended, confidence);
        return failed == 0 ? 0 : Solve(p => 1 - AtMost(failed - 1, ended, p) < 1 - confidence);
    }

    /// <summary>Whether the counts show, with the confidence, that the true rate is not above <paramref name="rate"/>: <c>Upper ≤ rate</c>, without solving for it.</summary>
    public static bool IsProven(int failed, int ended, double rate, double confidence)
    {
        Check(failed, ended, confidence);
        return rate >= 1 || (failed < ended && AtMost(failed, ended, rate) <= 1 - confidence);
    }

    /// <summary>How many devices must still confirm until <paramref name="rate"/> is proven, or <see langword="null"/> when <paramref name="most"/> of them do not suffice.</summary>
    public static int? ConfirmationsUntilProven(int failed, int ended, double rate, double confidence, int most)
    {
        Check(failed, ended, confidence);
        if (IsProven(failed, ended, rate, confidence)) return 0;
        if (most < 1 || !IsProven(failed, ended + most, rate, confidence)) return null;
        var (low, high) = (0, most);
        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            if (IsProven(failed, ended + middle, rate, confidence)) high = middle;
            else low = middle;
        }

        return high;
    }

    /// <summary>P(X ≤ k) for n trials of probability p.</summary>
    internal static double AtMost(int k, int n, double p)
    {
        if (k >= n || p <= 0) return 1;
        return p >= 1 ? 0 : RegularisedBeta(1 - p, n - k, k + 1d);
    }

    private static void Check(int failed, int ended, double confidence)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(failed);
        ArgumentOutOfRangeException.ThrowIfLessThan(ended, failed);
        if (!(confidence is > 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "A confidence lies between 0 and 1.");
    }

    // The predicate holds below the solution and not above it. 60 halvings exhaust a double's 53 bits near 1; small rates keep 1e-18.
    private static double Solve(Func<double, bool> isBelow)
    {
        var (low, high) = (0d, 1d);
        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            if (isBelow(middle)) low = middle;
            else high = middle;
        }

        return (low + high) / 2;
    }

    private static double RegularisedBeta(double x, double a, double b)
    {
        if (x <= 0) return 0;
        if (x >= 1) return 1;
        var front = Math.Exp(LogGamma(a + b) - LogGamma(a) - LogGamma(b) + (a * Math.Log(x)) + (b * Math.Log(1 - x)));

        // The fraction converges fast below the mean; above it the mirrored one does.
        return x < (a + 1) / (a + b + 2) ? front * ContinuedFraction(x, a, b) / a : 1 - (front * ContinuedFraction(1 - x, b, a) / b);
    }

    // Continued fraction of DLMF 8.17.22, by the modified Lentz method; needs O(√max(a, b)) terms.
    private static double ContinuedFraction(double x, double a, double b)
    {
        const double Tiny = 1e-300;
        const double Precision = 1e-15;
        const int MostTerms = 100_000;
        static double NotZero(double value) => Math.Abs(value) < Tiny ? Tiny : value;

        double c = 1;
        var d = 1 / NotZero(1 - ((a + b) * x / (a + 1)));
        var result = d;
        for (var m = 1; m < MostTerms; m++)
        {
            var even = m * (b - m) * x / ((a + (2 * m) - 1) * (a + (2 * m)));
            d = 1 / NotZero(1 + (even * d));
            c = NotZero(1 + (even / c));
            result *= d * c;

            var odd = -(a + m) * (a + b + m) * x / ((a + (2 * m)) * (a + (2 * m) + 1));
            d = 1 / NotZero(1 + (odd * d));
            c = NotZero(1 + (odd / c));
            var step = d * c;
            result *= step;
            if (Math.Abs(step - 1) < Precision) break;
        }

        return result;
    }

    // Stirling's series (DLMF 5.11.1), with the recurrence Γ(z+1) = zΓ(z) below 10; better than 1e-14 relative there.
    private static double LogGamma(double z)
    {
        var shift = 0d;
        while (z < 10)
        {
            shift -= Math.Log(z);
            z += 1;
        }

        var inverse = 1 / (z * z);
        var series = ((((((((-691d / 360_360) * inverse) + (1d / 1_188)) * inverse) - (1d / 1_680)) * inverse) + (1d / 1_260)) * inverse) - (1d / 360);
        series = ((series * inverse) + (1d / 12)) / z;
        return ((z - 0.5) * Math.Log(z)) - z + (0.5 * Math.Log(2 * Math.PI)) + series + shift;
    }
}
