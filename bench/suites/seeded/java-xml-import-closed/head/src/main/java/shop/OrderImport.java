package shop;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

public final class OrderImport {

    public List<Order> read(InputStream upload) throws IOException, SAXException, ParserConfigurationException {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
        factory.setNamespaceAware(true);
        return orders(factory.newDocumentBuilder().parse(upload));
    }

    private static List<Order> orders(Document document) {
        NodeList nodes = document.getElementsByTagName("order");
        List<Order> orders = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            Element order = (Element) nodes.item(i);
            orders.add(new Order(order.getAttribute("number"), Integer.parseInt(order.getAttribute("cents"))));
        }
        return orders;
    }
}
