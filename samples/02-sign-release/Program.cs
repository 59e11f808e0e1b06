using EspForge.Ota;

// Usage: dotnet run -- IMAGE KEYFILE. The key is made at the first run, readable by its owner alone.
if (args.Length != 2)
{
    Console.Error.WriteLine("Usage: SignRelease IMAGE KEYFILE");
    return 2;
}

await using var content = File.OpenRead(args[0]);
if (!SigningKeyFile.LoadOrCreate(args[1]).TryGet(out var key, out var fault) || !ImageReader.Read(content).TryGet(out var image, out fault))
    return Refuse(fault);

content.Position = 0;
var draft = new ReleaseDraft { Organization = "acme", Product = "lamp", Image = image, CreatedBy = "user:1" };
if (!(await ReleaseSigner.PrepareAsync(draft, content, key, TimeProvider.System.GetUtcNow())).TryGet(out var prepared, out fault))
    return Refuse(fault);
var release = prepared.Sign(sequence: 1);
Console.WriteLine($"{image.Chip} {release.Version}, {image.SizeBytes} bytes, SHA-256 {image.Sha256}");

// What a device does with it: verify with the keys it trusts, then judge.
var opened = ManifestReader.Open(release.Manifest.Cose, SigningKeyRing.Create(key).Value.Trusted);
Console.WriteLine($"manifest of {release.Manifest.Cose.Length} bytes, signed by {release.Manifest.KeyId}: {opened.Fault?.Code ?? "verified"}");
return 0;

static int Refuse(EspForge.Fault fault)
{
    Console.Error.WriteLine(fault);
    return 1;
}
