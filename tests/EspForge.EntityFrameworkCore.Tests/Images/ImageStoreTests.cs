using EspForge.Ota;

namespace EspForge.EntityFrameworkCore.Tests.Images;

public sealed class ImageStoreTests : IDisposable
{
    private readonly FleetDatabase _database = new();

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task What_was_added_is_found_again_in_full()
    {
        var image = Image("a") with { BuildId = Guid.CreateVersion7(), FileName = "lamp.bin" };
        await _database.Images().AddAsync(image, FleetDatabase.Draft);

        Assert.Equal(image, await _database.Images().FindAsync(FleetDatabase.Acme, image.Info.Sha256));
        Assert.Single(await _database.AuditAsync());
    }

    [Fact]
    public async Task The_same_bytes_again_are_the_image_that_is_there()
    {
        var first = await _database.Images().AddAsync(Image("a"), FleetDatabase.Draft);
        var again = await _database.Images().AddAsync(Image("a") with { FileName = "other.bin", CreatedBy = "user:2" }, FleetDatabase.Draft);

        Assert.Equal(first, again);
        Assert.Single(await _database.Images().ListAsync(FleetDatabase.Acme, 500));
        Assert.Single(await _database.AuditAsync());
    }

    [Fact]
    public async Task Another_organization_does_not_see_it_and_can_hold_it_too()
    {
        await _database.Images().AddAsync(Image("a"), FleetDatabase.Draft);
        Assert.Null(await _database.Images().FindAsync("other", Image("a").Info.Sha256));
        Assert.Empty(await _database.Images().FindManyAsync("other", [Image("a").Info.Sha256]));

        await _database.Images().AddAsync(Image("a") with { Organization = "other" }, FleetDatabase.Draft);
        Assert.Single(await _database.Images().ListAsync("other", 500));
        Assert.Single(await _database.Images().ListAsync(FleetDatabase.Acme, 500));
    }

    [Fact]
    public async Task The_newest_come_first_and_no_more_than_asked_for()
    {
        foreach (var (name, i) in new[] { ("a", 1), ("b", 3), ("c", 2) })
            await _database.Images().AddAsync(Image(name) with { CreatedAt = FleetDatabase.Start.AddMinutes(i) }, FleetDatabase.Draft);

        var listed = await _database.Images().ListAsync(FleetDatabase.Acme, 2);
        Assert.Equal([Image("b").Info.Sha256, Image("c").Info.Sha256], listed.Select(image => image.Info.Sha256));
        Assert.Equal(2, (await _database.Images().FindManyAsync(FleetDatabase.Acme, [Image("a").Info.Sha256, Image("c").Info.Sha256])).Count);
    }

    [Fact]
    public async Task Many_uploads_of_the_same_bytes_at_once_are_one_image_and_one_entry()
    {
        var added = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => _database.Images().AddAsync(Image("a"), FleetDatabase.Draft))));

        Assert.All(added, image => Assert.Equal(Image("a"), image));
        Assert.Single(await _database.AuditAsync());
    }

    private static Image Image(string name) => new(
        FleetDatabase.Acme,
        new ImageInfo(ImageFormat.Host, "esp32c3", "lamp", "1.0.0", 512, new string('0', 63) + name, "0.1.0", 7),
        null,
        null,
        FleetDatabase.Start,
        "user:1");
}
