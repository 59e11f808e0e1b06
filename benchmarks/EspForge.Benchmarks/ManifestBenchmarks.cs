using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using EspForge.Ota;

namespace EspForge.Benchmarks;

/// <summary>Signing and verifying a manifest against the bare ES256 operation over as many bytes. Budget: 1.15 of it.</summary>
[MemoryDiagnoser]
[ShortInProcess]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class ManifestBenchmarks
{
    private readonly ECDsa _bare = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly Es256SigningKey _key = Es256SigningKey.Create();
    private readonly TrustedKey[] _trusted;
    private readonly byte[] _message;
    private readonly byte[] _signature;
    private readonly byte[] _cose;
    private readonly ManifestPayload _payload = new()
    {
        Sequence = 42,
        Product = "lamp",
        Chip = "esp32c3",
        Version = "1.2.0",
        Image = new ManifestImage(ImageFormat.Esp, 1_048_576, new string('a', 64), ManifestImage.PathOf(new string('a', 64))),
        MinimumAgentVersion = "0.1.0",
        MinimumVersion = "1.0.0",
        SecurityEpoch = 3,
        IssuedAt = DateTimeOffset.FromUnixTimeMilliseconds(1_770_000_000_000),
        ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds(1_777_776_000_000),
    };

    public ManifestBenchmarks()
    {
        _trusted = [TrustedKey.Of(_key).Value];
        _cose = ManifestSigner.Sign(_payload, _key);
        _message = _cose[..^64];
        _signature = _bare.SignHash(SHA256.HashData(_message));
    }

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("sign")]
    public byte[] BareSign() => _bare.SignHash(SHA256.HashData(_message));

    [Benchmark]
    [BenchmarkCategory("sign")]
    public byte[] SignManifest() => ManifestSigner.Sign(_payload, _key);

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("verify")]
    public bool BareVerify() => _bare.VerifyHash(SHA256.HashData(_message), _signature);

    [Benchmark]
    [BenchmarkCategory("verify")]
    public bool OpenManifest() => ManifestReader.Open(_cose, _trusted).IsSuccess;
}
